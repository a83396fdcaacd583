/** Numbers that look random and are the same at every start. */
export interface Random {
  /** From 0 to 1, without 1. */
  next(): number
  /** How often something happens that is expected `mean` times. */
  times(mean: number): number
  pick<Item>(items: readonly Item[]): Item
  /** Around `median`, most of them within a factor of two. */
  spread(median: number): number
}

/** Mulberry32: 32 bits of state, which is enough to make a demo look alive. */
export function createRandom(seed: number): Random {
  let state = seed >>> 0
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  return {
    next,
    times: (mean) => Math.floor(mean * (0.5 + next()) + next()),
    pick: (items) => items[Math.floor(next() * items.length)]!,
    spread: (median) => median * Math.exp((next() + next() + next() - 1.5) * 1.2),
  }
}
