import { createServer } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A request as the server behind the gate saw it. */
export interface SeenRequest {
  readonly method: string
  readonly url: string
  readonly headers: IncomingMessage['headers']
  readonly rawHeaders: readonly string[]
  readonly body: string
  /** Whether the gate has ended the exchange before its answer was complete. */
  aborted: boolean
}

export type Answer = (seen: SeenRequest, response: ServerResponse) => void

const echo: Answer = (seen, response) => {
  const id = seen.body === '' ? null : (JSON.parse(seen.body) as { id?: unknown }).id
  response
    .setHeader('content-type', 'application/json')
    .end(JSON.stringify({ jsonrpc: '2.0', id, result: { ok: true } }))
}

/** An HTTP server that records every byte it is sent, and answers as the test says. */
export async function startRecordingUpstream() {
  const seen: SeenRequest[] = []
  let answer = echo
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const record: SeenRequest = {
        method: request.method!,
        url: request.url!,
        headers: request.headers,
        rawHeaders: request.rawHeaders,
        body: Buffer.concat(chunks).toString(),
        aborted: false,
      }
      response.on('close', () => (record.aborted = !response.writableFinished))
      seen.push(record)
      answer(record, response)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp/oauth`,
    seen,
    answerWith: (next: Answer = echo) => (answer = next),
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

export type RecordingUpstream = Awaited<ReturnType<typeof startRecordingUpstream>>
