import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { TOOLS_LIST } from './gate.ts'

export interface RawAnswer {
  readonly status: number
  readonly headers: Headers
  readonly body: string
}

export interface RawRequest {
  readonly method?: string
  /** The request target, byte for byte. */
  readonly target?: string
  /** Sent as they are, in this order; more than one of a name if need be. */
  readonly headers?: readonly (readonly [name: string, value: string])[]
  readonly body?: string
  /** Headers that are otherwise added: host, connection, content-type, content-length. */
  readonly without?: readonly string[]
}

/** One request written out, for spellings that no HTTP client sends. */
export function writeRequest(url: string, request: RawRequest = {}): string {
  const { method = 'POST', target = new URL(url).pathname, headers = [], without = [] } = request
  const body = request.body ?? (method === 'POST' ? TOOLS_LIST : '')
  const usual: [string, string][] = [
    ['host', new URL(url).host],
    ['connection', 'close'],
    ['content-type', 'application/json'],
    ['content-length', String(Buffer.byteLength(body))],
  ]
  const lines = [...usual.filter(([name]) => !without.includes(name)), ...headers]
  return `${method} ${target} HTTP/1.1\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n${body}`
}

/** Writes the bytes to a socket of their own; answers everything that came back until the peer closed it. */
export async function sendRaw(url: string, bytes: string | Buffer, { waitMs = 2000 } = {}): Promise<RawAnswer[]> {
  const { hostname, port } = new URL(url)
  const socket = connect(Number(port), hostname)
  socket.setEncoding('latin1')
  socket.on('error', () => {}) // a reset after the answer is an end as well
  socket.write(typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes)
  let received = ''
  socket.on('data', (chunk: string) => (received += chunk))
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()))
  await Promise.race([closed, sleep(waitMs, undefined, { ref: false })])
  socket.destroy()
  return parseAnswers(received)
}

export async function sendRequest(url: string, request?: RawRequest): Promise<RawAnswer> {
  const answers = await sendRaw(url, writeRequest(url, request))
  if (answers.length !== 1) throw new Error(`${answers.length} answers to one request`)
  return answers[0]!
}

function parseAnswers(received: string): RawAnswer[] {
  const answers: RawAnswer[] = []
  for (let rest = received; rest.startsWith('HTTP/1.1 ');) {
    const headEnd = rest.indexOf('\r\n\r\n')
    if (headEnd === -1) break
    const [statusLine, ...lines] = rest.slice(0, headEnd).split('\r\n')
    const status = Number(statusLine!.split(' ')[1])
    const headers = new Headers(
      lines.map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1).trim()]),
    )
    rest = rest.slice(headEnd + 4)
    const length = Number(headers.get('content-length') ?? 0)
    const body = headers.get('transfer-encoding') ? rest : rest.slice(0, length)
    rest = rest.slice(body.length)
    if (status >= 200) answers.push({ status, headers, body })
  }
  return answers
}
