/** How long work that can wait may hold the event loop up at a time. */
const TURN_MS = 4

/** Spreads long work over turns of the event loop, so that calls go on meanwhile. */
export interface Turns {
  /** Whether this turn has had its share of the work. */
  readonly isOver: boolean
  /** Counts work that was begun here, and that this turn still has before it. */
  charge(ms: number): void
  /** Resolves in the next turn, behind whatever has come in: the same one for all who work. */
  next(): Promise<void>
}

export function createTurns(turnMs: number = TURN_MS): Turns {
  let until = 0
  let next: Promise<void> | undefined
  const begin = (resolve: () => void) => {
    next = undefined
    until = performance.now() + turnMs
    resolve()
  }
  return {
    get isOver() {
      return performance.now() >= until
    },
    charge: (ms) => void (until -= ms),
    next: () => (next ??= new Promise((resolve) => setImmediate(begin, resolve))),
  }
}
