import { CALL } from './messages.ts'

export interface Target {
  readonly port: number
  readonly path: string
}

const PROTOCOL = 'mcp-protocol-version: 2025-06-18\r\n'
/** Believed where a limit of addresses is to be counted. */
const CLIENT = 'x-forwarded-for: 198.51.100.7\r\n'

export function callRequest({ port, path }: Target, accessToken: string): Buffer {
  return Buffer.from(
    `POST ${path} HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\nauthorization: Bearer ${accessToken}\r\n` +
      `accept: application/json, text/event-stream\r\ncontent-type: application/json\r\n${PROTOCOL}${CLIENT}` +
      `user-agent: sallyport-bench\r\ncontent-length: ${Buffer.byteLength(CALL)}\r\n\r\n${CALL}`,
    'latin1',
  )
}

export function streamRequest({ port, path }: Target, accessToken: string): Buffer {
  return Buffer.from(
    `GET ${path} HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\nauthorization: Bearer ${accessToken}\r\n` +
      `accept: text/event-stream\r\n${PROTOCOL}user-agent: sallyport-bench\r\n\r\n`,
    'latin1',
  )
}
