import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'
import { callMcp } from './gate.ts'
import type { CallInit, TestGate } from './gate.ts'
import type { RecordingUpstream, SeenRequest } from './recording-upstream.ts'

/** Longer than the gate takes to cut a stream. */
export const CUT_MS = 5_000

/** From now on the server behind answers with event streams that it never ends. */
export function answerWithStreams(upstream: RecordingUpstream): void {
  upstream.answerWith((_seen, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' }).write(': open\n\n')
  })
}

export interface HeldStream {
  readonly requestId: string
  readonly isOpen: boolean
  /** Fails when it stays open. Answers how many milliseconds it took. */
  cut(): Promise<number>
  /** What the server behind saw of it. */
  readonly seen: SeenRequest
  close(): Promise<void>
}

/** An open event stream, as a client holds it that only listens. */
export async function holdStream(
  { mcpUrl, upstream }: Pick<TestGate, 'mcpUrl' | 'upstream'>,
  token: string | undefined,
  { url = mcpUrl, method = 'GET', ...init }: CallInit = {},
): Promise<HeldStream> {
  const before = upstream.seen.length
  const response = await callMcp(url, token, { method, ...init })
  assert.equal(response.status, 200, response.status === 200 ? '' : await response.text())
  const seen = upstream.seen[before]!
  const reader = response.body!.getReader()
  let isOpen = true
  const read = async () => {
    try {
      while (!(await reader.read()).done);
      return 'ended' as const
    } catch {
      return 'broken' as const
    } finally {
      isOpen = false
    }
  }
  const over = read()
  return {
    requestId: response.headers.get('x-request-id')!,
    get isOpen() {
      return isOpen
    },
    async cut() {
      const since = performance.now()
      const how = await Promise.race([over, sleep(CUT_MS, 'open' as const, { ref: false })])
      assert.equal(how, 'broken', 'the client must see it broken, not ended')
      return performance.now() - since
    },
    seen,
    close: () => reader.cancel().catch(() => undefined),
  }
}
