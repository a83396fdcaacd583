import { GateFault } from '../../outcome/fault.ts'
import { EventStream } from '../mcp/event-stream.ts'
import { GrowingBuffer } from '../mcp/growing-buffer.ts'
import { HeldBytes } from './held-bytes.ts'
import type { HeldLimit } from './held-bytes.ts'

/** Reads the messages of an answer on its way, however they are wrapped. */
export interface MessageReader {
  /** Answers what may leave now. */
  push(chunk: Buffer): Buffer
  /** Answers what is left. */
  end(): Buffer
  /** Always called at last. */
  close(): void
  /** Whether what it held as one message goes on unread now. */
  readonly isPassing: boolean
}

export interface MessageReaderOptions extends HeldLimit {
  /** Bytes of one message. */
  readonly maxBytes: number
  /** Is shown each message, and may put another text in its place. */
  readonly see: (message: Buffer) => string | undefined
  /** Whether a message that is too long passes unread, by what has come of it. No, unless given. */
  readonly passTooLong?: (begun: Buffer) => boolean
}

const NOTHING = Buffer.alloc(0)

const tooLarge = (): GateFault => new GateFault('upstream_answer_too_large', 'a list of the server is too long')

/** For an answer that is one message, or one batch of them: nothing leaves before its end. */
export function wholeReader(options: MessageReaderOptions): MessageReader {
  const held = new HeldBytes(options)
  const body = new GrowingBuffer()
  let isPassing = false
  return {
    get isPassing() {
      return isPassing
    },
    push(chunk) {
      if (isPassing) return chunk
      if (body.length + chunk.length > options.maxBytes) {
        const begun = Buffer.concat([body.take(), chunk])
        if (!options.passTooLong?.(begun)) throw tooLarge()
        isPassing = true
        held.set(0)
        return begun
      }
      held.set(body.length + chunk.length)
      body.append(chunk)
      return NOTHING
    },
    end() {
      const message = body.take()
      const seen = message.length > 0 ? options.see(message) : undefined
      return seen === undefined ? message : Buffer.from(seen)
    },
    close: () => held.set(0),
  }
}

/** For an event stream: each event leaves as soon as it is complete. */
export function streamReader({ see, maxBytes, passTooLong, ...limit }: MessageReaderOptions): MessageReader {
  const held = new HeldBytes(limit)
  const passTooLarge = passTooLong && { passTooLarge: passTooLong }
  const events = new EventStream({ maxBytes, rewrite: see, onTooLarge: tooLarge, ...passTooLarge })
  return {
    isPassing: false,
    push(chunk) {
      const passing = events.push(chunk)
      held.set(events.held)
      return passing
    },
    end: () => events.end(),
    close: () => held.set(0),
  }
}
