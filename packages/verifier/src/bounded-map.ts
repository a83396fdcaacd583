/**
 * A map that forgets what was used longest ago. Entries live in two halves: what is used moves to the recent one, and
 * when that is full, the other half is forgotten at once. So a hit costs one look-up, and nothing is kept in order.
 */
export class BoundedMap<Value> {
  #recent = new Map<string, Value>()
  #older = new Map<string, Value>()
  /** Of the recent half. */
  #weight = 0
  readonly #half: number
  readonly #halfWeight: number
  readonly #weigh: (value: Value) => number

  /** Where entries differ much in size, `weigh` tells by how much, and all together weigh no more than `maxWeight`. */
  constructor(maxEntries: number, maxWeight = Infinity, weigh: (value: Value) => number = () => 1) {
    if (!(maxEntries >= 2)) throw new RangeError('maxEntries must be at least 2')
    this.#half = Math.floor(maxEntries / 2)
    this.#halfWeight = maxWeight / 2
    this.#weigh = weigh
  }

  get size(): number {
    return this.#recent.size + this.#older.size
  }

  get(key: string): Value | undefined {
    const value = this.#recent.get(key)
    if (value !== undefined) return value
    const older = this.#older.get(key)
    if (older !== undefined) this.set(key, older)
    return older
  }

  set(key: string, value: Value): void {
    this.delete(key)
    const weight = this.#weigh(value)
    if (this.#recent.size >= this.#half || this.#weight + weight > this.#halfWeight) {
      this.#older = this.#recent
      this.#recent = new Map()
      this.#weight = 0
    }
    this.#recent.set(key, value)
    this.#weight += weight
  }

  delete(key: string): void {
    const recent = this.#recent.get(key)
    if (recent !== undefined) this.#weight -= this.#weigh(recent)
    this.#recent.delete(key)
    this.#older.delete(key)
  }

  clear(): void {
    this.#recent.clear()
    this.#older.clear()
    this.#weight = 0
  }
}
