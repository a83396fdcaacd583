import type { LookupAddress } from 'node:dns'

export type Lookup = (
  hostname: string,
  options: { all: true },
  done: (error: NodeJS.ErrnoException | null, found: LookupAddress[]) => void,
) => void

/** The system's resolver holds one of the four threads that Node has for this, for files and for more, until it gives up. */
const AT_ONCE = 2

/**
 * A look-up for names that others choose: one at a time for each name and few for all of them, so that a name whose servers
 * never answer does not take the threads away from everybody else's.
 */
export function createSharedLookup(lookup: Lookup): Lookup {
  const asking = new Map<string, Parameters<Lookup>[2][]>()
  const waiting: string[] = []
  let open = 0

  function ask(hostname: string): void {
    open++
    lookup(hostname, { all: true }, (error, found) => {
      open--
      const askers = asking.get(hostname) ?? []
      asking.delete(hostname)
      const next = waiting.shift()
      if (next !== undefined) ask(next)
      for (const done of askers) done(error, found)
    })
  }

  return (hostname, _options, done) => {
    const others = asking.get(hostname)
    if (others) return void others.push(done)
    asking.set(hostname, [done])
    if (open < AT_ONCE) ask(hostname)
    else waiting.push(hostname)
  }
}
