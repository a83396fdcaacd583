import { createHash } from 'node:crypto'
import { setImmediate } from 'node:timers/promises'
import type { HeldPerson, HeldRow, heldRepository } from './held-repository.ts'

export interface HeldSummary {
  readonly total: number
  /** How many of them would lose access. */
  readonly losing: number
  /** Another one as soon as anybody, a role, or what would become of somebody is another. Names are labels. */
  readonly list: string
}

export interface HeldPage extends HeldSummary {
  readonly people: readonly HeldPerson[]
  /** The e-mail to continue after, while there may be more. */
  readonly next?: string
}

export interface PageOfHeld {
  readonly limit: number
  /** Only e-mails after this one. */
  readonly after?: string | undefined
}

const AT_ONCE = 500

/**
 * All of them are read for a page: they are sorted by what people look for, and the name of the list is of all. Some at a time,
 * since on SQLite a statement holds the event loop, which a group of 100,000 must not.
 */
export async function readHeld(
  held: ReturnType<typeof heldRepository>,
  heldSet: string,
  { limit, after = '' }: PageOfHeld,
): Promise<HeldPage> {
  const hash = createHash('sha256')
  let [total, losing] = [0, 0]
  let first: HeldRow[] = []
  for (let last = ''; ; await setImmediate()) {
    const rows = await held.list(heldSet, last, AT_ONCE)
    for (const { identityId, role, losesAccess } of rows) {
      total++
      if (losesAccess) losing++
      hash.update(`${identityId} ${role} ${losesAccess}\n`)
    }
    // One more than the page has says that there is another.
    first = [...first, ...rows.filter(({ email }) => email > after)].sort(byEmail).slice(0, limit + 1)
    if (rows.length < AT_ONCE) break
    last = rows.at(-1)!.identityId
  }
  const people = first.slice(0, limit).map(({ identityId: _, ...person }) => person)
  const next = first.length > limit ? people.at(-1)?.email : undefined
  const list = hash.digest('base64url').slice(0, 22)
  return { total, losing, list, people, ...(next !== undefined && { next }) }
}

const byEmail = (one: HeldRow, other: HeldRow): number => (one.email < other.email ? -1 : 1)

export const summarizeHeld = (held: ReturnType<typeof heldRepository>, heldSet: string): Promise<HeldSummary> =>
  readHeld(held, heldSet, { limit: 0 })
