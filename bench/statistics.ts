export function median(values: readonly number[]): number {
  return percentile(values, 50)
}

export function percentile(values: readonly number[], percent: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  const at = ((sorted.length - 1) * percent) / 100
  const low = sorted[Math.floor(at)] ?? NaN
  const high = sorted[Math.ceil(at)] ?? NaN
  return low + (high - low) * (at % 1)
}

/** Counts whole microseconds, so that a run of any length needs the same memory and no allocation per call. */
export function createHistogram(maxMicroseconds = 2_000_000) {
  const counts = new Uint32Array(maxMicroseconds + 1)
  let total = 0
  return {
    record(milliseconds: number): void {
      const at = Math.round(milliseconds * 1000)
      const index = Math.min(Math.max(at, 0), maxMicroseconds)
      counts[index] = (counts[index] ?? 0) + 1
      total++
    },
    reset(): void {
      counts.fill(0)
      total = 0
    },
    percentileMilliseconds(percent: number): number {
      let left = Math.ceil((total * percent) / 100)
      if (left === 0) return NaN
      let index = 0
      while (index <= maxMicroseconds && (left -= counts[index] ?? 0) > 0) index++
      return index / 1000
    },
  }
}
