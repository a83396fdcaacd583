/** Points that processes have leased; in the shape that rate-limiter-flexible gives its table. */
export interface RateLimitTable {
  key: string
  points: number
  expire: number | null
}
