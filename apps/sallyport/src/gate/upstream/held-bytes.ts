import { GateFault } from '../../outcome/fault.ts'

/** What all calls together hold in memory, and how much that may be. */
export interface HeldLimit {
  readonly held: { bytes: number }
  readonly heldBytes: number
}

/** The part of one answer in it. */
export class HeldBytes {
  readonly #limit: HeldLimit
  #bytes = 0

  constructor(limit: HeldLimit) {
    this.#limit = limit
  }

  set(bytes: number): void {
    const { held, heldBytes } = this.#limit
    const more = bytes - this.#bytes
    held.bytes += more
    this.#bytes = bytes
    if (more > 0 && held.bytes > heldBytes) throw new GateFault('gate_busy', 'answers that are read fill the memory')
  }
}
