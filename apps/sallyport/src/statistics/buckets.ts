/** Upper ends in milliseconds, each its own bucket's; one more bucket holds what is beyond all of them. Rows know them by number: never change them. */
const BOUNDS_MS = [
  0.1, 0.2, 0.3, 0.5, 0.75, 1, 1.5, 2, 3, 5, 7.5, 10, 15, 20, 30, 50, 75, 100, 150, 200, 300, 500, 750, 1_000, 1_500,
  2_000, 3_000, 5_000, 7_500, 10_000, 20_000, 30_000, 60_000,
] as const

export const BUCKET_COUNT = BOUNDS_MS.length + 1

export function bucketOf(milliseconds: number): number {
  let index = 0
  while (index < BOUNDS_MS.length && milliseconds > BOUNDS_MS[index]!) index += 1
  return index
}

/** Of what is in the buckets, as if it lay evenly in each; null when there is nothing. The last bucket has no end to say. */
export function quantile(counts: ArrayLike<number>, share: number): number | null {
  let total = 0
  for (let index = 0; index < BUCKET_COUNT; index += 1) total += counts[index] ?? 0
  if (total === 0) return null
  let rest = total * share
  for (let index = 0; index < BOUNDS_MS.length; index += 1) {
    const count = counts[index] ?? 0
    if (count > 0 && rest <= count) {
      const from = BOUNDS_MS[index - 1] ?? 0
      return round(from + ((BOUNDS_MS[index]! - from) * rest) / count)
    }
    rest -= count
  }
  return BOUNDS_MS.at(-1)!
}

const round = (milliseconds: number): number => Math.round(milliseconds * 1000) / 1000
