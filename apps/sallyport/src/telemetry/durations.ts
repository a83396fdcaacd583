/** Durations in buckets, counted in plain numbers: an observation costs a few nanoseconds, a scrape the rest. */
export class Durations {
  /** One more than there are bounds: the last holds what is beyond all of them. */
  readonly counts: Float64Array
  sumSeconds = 0
  readonly #bounds: readonly number[]

  /** `boundsSeconds` rise; each is the upper end of its bucket, itself included. */
  constructor(boundsSeconds: readonly number[]) {
    this.#bounds = boundsSeconds
    this.counts = new Float64Array(boundsSeconds.length + 1)
  }

  observe(seconds: number): void {
    const bounds = this.#bounds
    let index = 0
    while (index < bounds.length && seconds > bounds[index]!) index += 1
    this.counts[index]! += 1
    this.sumSeconds += seconds
  }
}
