const SLOT_MS = 10_000
const SLOTS = 30

/** How often something happened in the last five minutes, give or take ten seconds. */
export class RecentCount {
  readonly #counts = new Float64Array(SLOTS)
  #slot = 0

  /** `at` by `performance.now()`. */
  add(at: number): void {
    this.#turnTo(at)
    this.#counts[this.#slot % SLOTS]! += 1
  }

  total(at: number): number {
    this.#turnTo(at)
    return this.#counts.reduce((sum, count) => sum + count, 0)
  }

  /** What is so old is forgotten. */
  #turnTo(at: number): void {
    const slot = Math.floor(at / SLOT_MS)
    if (slot - this.#slot >= SLOTS) this.#counts.fill(0)
    else for (let next = this.#slot + 1; next <= slot; next += 1) this.#counts[next % SLOTS] = 0
    this.#slot = Math.max(this.#slot, slot)
  }
}
