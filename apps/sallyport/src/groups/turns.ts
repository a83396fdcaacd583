/** Lets few work at once and a bounded number wait, in the order they came. */
export function createTurns(atOnce: number, mayWait: number) {
  const waiting: (() => void)[] = []
  let open = 0
  return {
    /** Undefined when too many wait already. */
    take<Value>(work: () => Promise<Value>): Promise<Value> | undefined {
      if (open >= atOnce && waiting.length >= mayWait) return undefined
      return wait().then(work).finally(pass)
    },
  }

  async function wait(): Promise<void> {
    if (open < atOnce) return void open++
    await new Promise<void>((resolve) => waiting.push(resolve))
  }

  /** Whoever waits takes over the turn, so that nobody who comes meanwhile is faster. */
  function pass(): void {
    const next = waiting.shift()
    if (next) next()
    else open--
  }
}
