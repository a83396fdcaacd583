import type { RateCounter } from '../limits/rate-counter.ts'
import type { RateCounters } from '../limits/rate-counters.ts'
import type { RateLimit } from '../limits/rate.ts'
import { spend } from '../limits/spend.ts'

/** Passwords tried for one e-mail, whether anybody has it or not. A link from the command line passes this by. */
const ACCOUNT: RateLimit = { name: 'account', setting: 'console.account', calls: 10, seconds: 15 * 60 }
/** Passwords and links tried from one address. */
const ADDRESS: RateLimit = { name: 'address', setting: 'console.address', calls: 30, seconds: 15 * 60 }
/** Sign-ins with identity providers that one address begins or ends. */
const FEDERATED: RateLimit = { name: 'address', setting: 'console.federated', calls: 120, seconds: 60 }

/** Who has tried; `email` only where a password is tried for one. */
export interface Attempter {
  readonly email?: string
  /** Undefined where all come from this machine. */
  readonly countedAs: string | undefined
}

export type Attempt = { readonly retryAfterSeconds: number } | { succeeded(): void }

export interface SignInLimits {
  /** Counts a password or a link. What turns out right is not counted. */
  attempt(who: Attempter): Promise<Attempt>
  federated(who: Attempter): Promise<Attempt>
}

/** By each process for itself: strangers must cost the database nothing. */
export function createSignInLimits(counters: Pick<RateCounters, 'local'>, now: () => number): SignInLimits {
  const [account, address, federated] = [ACCOUNT, ADDRESS, FEDERATED].map((limit) => counters.local(limit)) as [
    RateCounter,
    RateCounter,
    RateCounter,
  ]
  return {
    attempt: ({ email, countedAs }) => count([chargeOf(account, email), chargeOf(address, countedAs)].flat(), now),
    federated: ({ countedAs }) => count(chargeOf(federated, countedAs), now),
  }
}

const chargeOf = (counter: RateCounter, key: string | undefined) =>
  key === undefined ? [] : [{ counter, key, points: 1 }]

async function count(charges: ReturnType<typeof chargeOf>, now: () => number): Promise<Attempt> {
  if (charges.length > 0) {
    const { isAllowed, quota } = await spend(charges, now)
    if (!isAllowed) return { retryAfterSeconds: Math.max(1, Math.ceil(quota.resetMs / 1000)) }
  }
  return {
    succeeded() {
      for (const { counter, key } of charges) counter.findOrBegin(key).left += 1
    },
  }
}
