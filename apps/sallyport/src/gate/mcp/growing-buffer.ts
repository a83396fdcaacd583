const FIRST_CAPACITY = 1024

/**
 * Bytes that arrive in pieces of any size. They are copied: a piece of one byte would keep the whole block alive that it
 * was read into.
 */
export class GrowingBuffer {
  #bytes = Buffer.alloc(0)
  length = 0

  append(piece: Buffer): void {
    const needed = this.length + piece.length
    if (needed > this.#bytes.length) {
      const grown = Buffer.allocUnsafe(Math.max(needed, this.#bytes.length * 2, FIRST_CAPACITY))
      this.#bytes.copy(grown, 0, 0, this.length)
      this.#bytes = grown
    }
    piece.copy(this.#bytes, this.length)
    this.length = needed
  }

  /** What came since this position; good until the next piece. */
  from(start: number): Buffer {
    return this.#bytes.subarray(start, this.length)
  }

  /** All of it; what comes from now on starts anew. */
  take(): Buffer {
    const taken = this.from(0)
    this.#bytes = Buffer.alloc(0)
    this.length = 0
    return taken
  }
}
