/** So many calls in so many seconds. */
export interface Rate {
  readonly calls: number
  readonly seconds: number
}

/** A rate that a setting gives to whatever has a name of this kind: an address, a principal, a teamspace, a tool. */
export interface RateLimit extends Rate {
  /** As the caller reads it in `RateLimit-Policy`. */
  readonly name: string
  /** Where the operator changes it. */
  readonly setting: string
}
