import { BoundedMap } from '../bounded-map.ts'
import { isDenied, type Denial } from '../denial.ts'
import { TokenCache } from '../token-cache.ts'

const KEEP_MS = 10_000
const MAX_REFUSALS = 10_000

interface Refusal {
  readonly denial: Denial
  readonly at: number
}

/** Keeps what was refused for a moment, so that a client that insists does not ask the API server each time. Faults are not kept. */
export class RecentRefusals {
  readonly #now: () => number
  #refusals = new BoundedMap<Refusal>(MAX_REFUSALS)

  constructor(now: () => number) {
    this.#now = now
  }

  async remember<Outcome extends object>(
    accessToken: string,
    ask: (accessToken: string) => Promise<Outcome | Denial>,
  ): Promise<Outcome | Denial> {
    const key = TokenCache.keyOf(accessToken)
    const refusals = this.#refusals
    const known = refusals.get(key)
    if (known && this.#isRecent(known)) return known.denial
    const outcome = await ask(accessToken)
    // After forget() this map is nobody's: what was asked before it says nothing about now.
    if (isDenied(outcome)) refusals.set(key, { denial: outcome, at: this.#now() })
    return outcome
  }

  forget(): void {
    this.#refusals = new BoundedMap(MAX_REFUSALS)
  }

  #isRecent({ at }: Refusal): boolean {
    const age = this.#now() - at
    return age >= 0 && age < KEEP_MS // a clock that was set back must not make it last
  }
}
