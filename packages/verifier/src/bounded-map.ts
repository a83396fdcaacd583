/**
 * A map that forgets what was used longest ago. Entries live in two halves: what is used moves to the recent one, and
 * when that is full, the other half is forgotten at once. So a hit costs one look-up, and nothing is kept in order.
 */
export class BoundedMap<Value> {
  #recent = new Map<string, Value>()
  #older = new Map<string, Value>()
  readonly #half: number

  constructor(maxEntries: number) {
    if (!(maxEntries >= 2)) throw new RangeError('maxEntries must be at least 2')
    this.#half = Math.floor(maxEntries / 2)
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
    this.#older.delete(key)
    if (this.#recent.size >= this.#half && !this.#recent.has(key)) {
      this.#older = this.#recent
      this.#recent = new Map()
    }
    this.#recent.set(key, value)
  }

  delete(key: string): void {
    this.#recent.delete(key)
    this.#older.delete(key)
  }

  clear(): void {
    this.#recent.clear()
    this.#older.clear()
  }
}
