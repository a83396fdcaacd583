import { request as httpRequest, type IncomingMessage, type OutgoingHttpHeaders } from 'node:http'
import { request as httpsRequest } from 'node:https'

export interface PostOptions {
  readonly headers: OutgoingHttpHeaders
  /** Undefined: Node's own roots. */
  readonly ca: string | undefined
  readonly maxBytes: number
  readonly signal: AbortSignal
}

export interface PostAnswer {
  readonly status: number
  readonly retryAfter: string | undefined
  readonly body: Buffer
}

/**
 * POST by Node's own client: `fetch` cannot be told an authority without a dependency. It follows no redirects and knows no
 * proxies, and a connection serves one request, so that a changed authority counts at once.
 */
export async function post(url: URL, body: string, options: PostOptions): Promise<PostAnswer> {
  const answer = await send(url, body, options)
  const { statusCode: status = 0, headers } = answer
  return { status, retryAfter: headers['retry-after'], body: await readBounded(answer, options.maxBytes) }
}

function send(url: URL, body: string, { headers, ca, signal }: PostOptions): Promise<IncomingMessage> {
  // Said aloud, since the environment can turn verification off for all who leave it unsaid (NODE_TLS_REJECT_UNAUTHORIZED).
  const tls = { rejectUnauthorized: true, ...(ca !== undefined && { ca }) }
  const options = { method: 'POST', agent: false as const, headers, signal }
  return new Promise((resolve, reject) => {
    const request =
      url.protocol === 'https:'
        ? httpsRequest(url, { ...options, ...tls }, resolve)
        : httpRequest(url, options, resolve)
    request.on('error', reject).end(body)
  })
}

async function readBounded(answer: IncomingMessage, maxBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of answer as AsyncIterable<Buffer>) {
    length += chunk.length
    if (length > maxBytes) throw new Error(`The answer is larger than ${maxBytes} bytes`) // leaving the loop closes it
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}
