import { write, writeSync } from 'node:fs'

/** A line may wait this long in memory. */
const WAIT_MS = 100
/** As much as a socket or a pipe takes at once is little: each write wakes a thread beside the event loop. */
const CHUNK_LENGTH = 256 * 1024
/** With whoever reads the log this far behind, lines are dropped rather than kept. */
const MAX_HELD_LENGTH = 16 * 1024 * 1024
const FULL_PIPE_MS = 10
const LAST_TRIES = 100

export interface BufferedDestination {
  write(line: string): void
  /** Writes what waits: before this returns, unless a write is under way, which it then follows. */
  flush(): void
  /** How many lines were lost because nobody took them. */
  readonly dropped: number
}

/**
 * Many lines in one write, beside the event loop: whoever reads the log and stands still holds no call up. There is never
 * more than one write at a time, so that no line is torn by another. What waits is written when the process exits, be it
 * by an exception that nobody caught.
 */
export function bufferedDestination(fd: number, maxHeldLength = MAX_HELD_LENGTH): BufferedDestination {
  let waiting = ''
  let timer: NodeJS.Timeout | undefined
  let isWriting = false
  let isClosed = false
  let dropped = 0

  const take = (): Buffer => {
    clearTimeout(timer)
    timer = undefined
    const bytes = Buffer.from(waiting)
    waiting = ''
    return bytes
  }

  const writeSoon = (): void => {
    if (isWriting || waiting === '') return
    isWriting = true
    writeRest(take(), 0)
  }

  /** Never at once after a write: lines that came meanwhile would be written one by one. */
  const schedule = (): void => {
    if (waiting.length >= CHUNK_LENGTH) writeSoon()
    else if (waiting !== '') timer ??= setTimeout(onTimer, WAIT_MS).unref()
  }

  const onTimer = (): void => {
    timer = undefined
    writeSoon()
  }

  const writeRest = (bytes: Buffer, from: number): void =>
    write(fd, bytes, from, bytes.length - from, null, (error, written) => {
      if (isFull(error)) return void setTimeout(writeRest, FULL_PIPE_MS, bytes, from)
      isClosed ||= error !== null // nobody reads any more
      if (!error && from + written < bytes.length) return writeRest(bytes, from + written)
      isWriting = false
      schedule()
    })

  const writeNow = (): void => {
    if (waiting === '') return
    const bytes = take()
    let tries = 0
    for (let from = 0; from < bytes.length && tries < LAST_TRIES;) {
      try {
        from += writeSync(fd, bytes, from)
      } catch (error) {
        if (!isFull(error)) return void (isClosed = true)
        tries += 1
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, FULL_PIPE_MS)
      }
    }
  }
  process.on('exit', writeNow)

  return {
    write(line) {
      if (isClosed || waiting.length + line.length > maxHeldLength) return void (dropped += 1)
      waiting += line
      schedule()
    },
    flush: () => (isWriting ? undefined : writeNow()),
    get dropped() {
      return dropped
    },
  }
}

/** A pipe that does not block says so when it is full. */
const isFull = (error: unknown): boolean => (error as NodeJS.ErrnoException | null)?.code === 'EAGAIN'
