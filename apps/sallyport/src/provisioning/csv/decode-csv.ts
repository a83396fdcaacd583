import { setImmediate } from 'node:timers/promises'
import { TextDecoder } from 'node:util'
import { MAX_BYTES } from './csv-bounds.ts'
import { UnreadableCsv } from './unreadable-csv.ts'

/** What is parsed in one go: a tenth of a second for the parser at its worst, where every byte is an empty row. */
const PIECE_BYTES = 8 * 1024

/** The text of a file, bounded. Anything but UTF-8 is refused: guessing would change names unseen. */
export async function* decodeCsv(body: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true }) // drops the byte order mark
  let size = 0
  for await (const chunk of body) {
    if (size < 2) refuseUtf16(chunk)
    size += chunk.byteLength
    if (size > MAX_BYTES) throw new UnreadableCsv(`The file is larger than ${MAX_BYTES / 1024 / 1024} MiB`, 'too_large')
    for (let start = 0; start < chunk.byteLength; start += PIECE_BYTES) {
      if (start > 0) await setImmediate()
      yield decode(decoder, chunk.subarray(start, start + PIECE_BYTES))
    }
  }
  decode(decoder)
}

function decode(decoder: TextDecoder, bytes?: Uint8Array): string {
  let text
  try {
    text = decoder.decode(bytes, { stream: bytes !== undefined })
  } catch {
    throw new UnreadableCsv('The file is not UTF-8; save it as "CSV UTF-8"')
  }
  if (text.includes('\0')) throw new UnreadableCsv('The file has a NUL character in it')
  return text
}

/** By its byte order mark, or by the zero that every second byte of a Latin letter is. */
function refuseUtf16([first, second]: Uint8Array): void {
  const hasMark = (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff)
  if (hasMark || first === 0 || second === 0) {
    throw new UnreadableCsv('The file is UTF-16 ("Unicode text"); save it as "CSV UTF-8"')
  }
}
