import { GrowingBuffer } from './growing-buffer.ts'

const LF = 0x0a
const CR = 0x0d
const COLON = 0x3a
const BYTE_ORDER_MARK = Buffer.from([0xef, 0xbb, 0xbf])
const DATA = Buffer.from('data')
const EMPTY = Buffer.alloc(0)

export interface EventStreamOptions {
  /** Bytes of one event, and of one line. */
  readonly maxBytes: number
  /** What stands in the event in place of its data, or undefined to leave the event as it is. May throw. */
  readonly rewrite: (data: Buffer) => string | undefined
  readonly onTooLarge: () => Error
  /** Whether an event that is too large passes as it comes, by what has come of it; else `onTooLarge` is thrown. */
  readonly passTooLarge?: (begun: Buffer) => boolean
}

/**
 * A stream of server-sent events on its way (WHATWG HTML §9.2.6). Data is held until its event is complete and then
 * passes as it came, or rewritten; everything else passes line by line. Throws what `rewrite` and `onTooLarge` say.
 */
export class EventStream {
  readonly #options: EventStreamOptions
  /** The lines of the event whose data is arriving, and the line that is. */
  readonly #held = new GrowingBuffer()
  /** How much of that is whole lines of the event. */
  #eventLength = 0
  #afterCr = false
  #isFirstLine = true
  /** Within an event that passes unread, and within a line of it. */
  #isPassing = false
  #isInLine = false
  #out: Buffer[] = []

  constructor(options: EventStreamOptions) {
    this.#options = options
  }

  /** Bytes that wait for the rest of their event. */
  get held(): number {
    return this.#held.length
  }

  /** Answers what may leave now. */
  push(chunk: Buffer): Buffer {
    let lineStart = 0
    for (let at = 0; at < chunk.length; at++) {
      const byte = chunk[at]!
      const isLf = byte === LF
      if (!isLf && byte !== CR) {
        this.#afterCr = false
        continue
      }
      // The second half of a CRLF belongs to the line that has already ended.
      if (isLf && this.#afterCr) this.#endTerminator(chunk.subarray(at, at + 1))
      else this.#endLine(chunk.subarray(lineStart, at), chunk.subarray(at, at + 1))
      this.#afterCr = !isLf
      lineStart = at + 1
    }
    if (lineStart < chunk.length) this.#hold(chunk.subarray(lineStart))
    return this.#take()
  }

  /** Answers what is left. An event that was cut off is judged like any other: some readers take it. */
  end(): Buffer {
    if (this.#held.length > this.#eventLength) this.#endLine(EMPTY, EMPTY)
    if (this.#eventLength > 0) this.#endEvent(EMPTY)
    return this.#take()
  }

  #endLine(rest: Buffer, terminator: Buffer): void {
    if (this.#isPassing) return this.#passLine(rest, terminator)
    const isWhole = this.#held.length === this.#eventLength
    const isInEvent = this.#eventLength > 0
    const line = isWhole ? rest : this.#rejoin(rest)
    if (this.#isPassing) return this.#passLine(EMPTY, terminator)
    const text = this.#isFirstLine ? withoutMark(line) : line
    this.#isFirstLine = false
    if (isInEvent && text.length === 0) return this.#endEvent(terminator)
    if (!isInEvent && !isData(text)) return void this.#out.push(isWhole ? line : this.#held.take(), terminator)
    if (isWhole) this.#hold(line)
    this.#holdTerminator(terminator)
  }

  #holdTerminator(terminator: Buffer): void {
    this.#hold(terminator)
    this.#eventLength = this.#held.length
    this.#isInLine = false
  }

  #passLine(rest: Buffer, terminator: Buffer): void {
    this.#out.push(rest, terminator)
    this.#isPassing = this.#isInLine || rest.length > 0
    this.#isInLine = false
  }

  #rejoin(rest: Buffer): Buffer {
    this.#hold(rest)
    return this.#held.from(this.#eventLength)
  }

  #endTerminator(lineFeed: Buffer): void {
    if (this.#eventLength === 0) return void this.#out.push(lineFeed)
    this.#holdTerminator(lineFeed)
  }

  #hold(bytes: Buffer): void {
    const { maxBytes, passTooLarge, onTooLarge } = this.#options
    if (this.#isPassing || this.#held.length + bytes.length > maxBytes) {
      if (!this.#isPassing && !passTooLarge?.(Buffer.concat([this.#held.from(0), bytes]))) throw onTooLarge()
      this.#out.push(this.#held.take(), bytes)
      this.#eventLength = 0
      this.#isPassing = this.#isInLine = true
    } else this.#held.append(bytes)
  }

  #endEvent(blankLine: Buffer): void {
    const event = this.#held.take()
    this.#eventLength = 0
    const { data, others, terminator } = readEvent(event)
    const rewritten = data.length === 0 ? undefined : this.#options.rewrite(data)
    if (rewritten === undefined) return void this.#out.push(event, blankLine)
    // JSON has line breaks only between its parts, where a blank says the same.
    const lines = [...others, Buffer.from(`data: ${rewritten.replaceAll('\n', ' ')}`)]
    for (const line of lines) this.#out.push(line, terminator)
    this.#out.push(blankLine)
  }

  #take(): Buffer {
    const out = this.#out
    this.#out = []
    return out.length === 1 ? out[0]! : Buffer.concat(out)
  }
}

/** A mark at the very start of a stream is no part of its first line. */
const withoutMark = (line: Buffer): Buffer => (line.subarray(0, 3).equals(BYTE_ORDER_MARK) ? line.subarray(3) : line)

const isData = (line: Buffer): boolean => line.subarray(0, 4).equals(DATA) && (line.length === 4 || line[4] === COLON)

interface EventParts {
  /** The data of all lines, joined as readers join it. */
  readonly data: Buffer
  readonly others: readonly Buffer[]
  /** How lines end here. */
  readonly terminator: Buffer
}

/** Latin-1 maps every byte to a character and back, and no byte of a longer UTF-8 character is a CR or LF. */
function readEvent(bytes: Buffer): EventParts {
  const text = withoutMark(bytes).toString('latin1')
  const [terminator = '\n'] = /\r\n|\n|\r/.exec(text) ?? []
  const lines = text.split(/\r\n|\n|\r/)
  if (lines.at(-1) === '') lines.pop() // behind the last terminator
  const data: string[] = []
  const others: Buffer[] = []
  for (const line of lines) {
    const [, value] = /^data(?::[ ]?(.*))?$/s.exec(line) ?? [undefined, undefined]
    if (line === 'data' || value !== undefined) data.push(value ?? '')
    else others.push(Buffer.from(line, 'latin1'))
  }
  return { data: Buffer.from(data.join('\n'), 'latin1'), others, terminator: Buffer.from(terminator) }
}
