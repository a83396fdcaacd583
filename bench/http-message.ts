const END_OF_HEAD = '\r\n\r\n'
const LAST_CHUNK = '\r\n0\r\n\r\n'

/**
 * Length of the first complete HTTP/1.1 message in `bytes`, or -1 when more must arrive.
 * Both ends are ours and no body here contains CRLF, so the last chunk is found by searching for it.
 */
export function messageLength(bytes: Buffer): number {
  const headEnd = bytes.indexOf(END_OF_HEAD)
  if (headEnd < 0) return -1
  const head = bytes.toString('latin1', 0, headEnd)
  const bodyStart = headEnd + END_OF_HEAD.length
  const contentLength = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1]
  if (contentLength !== undefined) {
    const length = bodyStart + Number(contentLength)
    return bytes.length >= length ? length : -1
  }
  if (!/\r\ntransfer-encoding: *chunked/i.test(head)) return bodyStart
  const lastChunk = bytes.indexOf(LAST_CHUNK, headEnd + 2)
  return lastChunk < 0 ? -1 : lastChunk + LAST_CHUNK.length
}
