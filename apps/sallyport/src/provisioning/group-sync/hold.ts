import { randomUUID } from 'node:crypto'
import { setImmediate } from 'node:timers/promises'
import { inChunks } from '../csv/chunks.ts'
import { isFailure } from './group-sync.ts'
import type { SyncFailure } from './group-sync.ts'
import { heldRepository } from './held-repository.ts'
import { summarizeHeld } from './read-held.ts'
import { runRepository } from './run-repository.ts'
import type { RunTask } from './run-task.ts'
import { syncedRepository } from './synced-repository.ts'
import type { SyncedIdentity } from './synced-repository.ts'
import { editInTurn } from './turn.ts'
import type { Turn } from './turn.ts'

const PAGE = 1_000

export interface Gone {
  /** Synced before, and not in the group. */
  readonly people: readonly SyncedIdentity[]
  /** Synced in all. */
  readonly total: number
}

interface Loss {
  readonly people: Gone['people']
  /** How many were synced when the run began. */
  readonly before: number
  readonly isDoubtful: boolean
}

export async function findGone(turn: Turn, isThere: (subject: string) => boolean): Promise<Gone> {
  const synced = syncedRepository(turn.editor.store.db, turn.teamspaceId, turn.issuer)
  const people: SyncedIdentity[] = []
  let total = 0
  for (let after = ''; ;) {
    const page = await synced.list(after, PAGE)
    total += page.length
    people.push(...page.filter(({ subject }) => !isThere(subject)))
    if (page.length < PAGE) return { people, total }
    after = page.at(-1)!.subject
    await setImmediate() // calls have the event loop, which SQLite alone would not give back
  }
}

/**
 * Whether somebody has to look first: more are gone than usual, the group is empty, or the reading was shorter than Graph
 * had announced (S2E-08). Whoever confirmed has confirmed these very people.
 */
export async function mustHold(
  { editor, teamspaceId }: Turn,
  { settings, confirmedSet }: RunTask,
  { people, before, isDoubtful }: Loss,
): Promise<boolean> {
  if (people.length === 0) return false
  if (!isDoubtful && people.length * 100 <= settings.maxRemovalPercent * before) return false
  return (
    confirmedSet === undefined || !(await isAllIn(runRepository(editor.store.db, teamspaceId), confirmedSet, people))
  )
}

/** Writes down who they are, unless it is they who wait already, and nobody else. Answers the name of the set. */
export async function holdPeople(
  turn: Turn,
  { heldSet }: Pick<RunTask, 'heldSet'>,
  people: readonly SyncedIdentity[],
): Promise<string | SyncFailure> {
  const { db } = turn.editor.store
  if (heldSet !== null && (await isAllIn(runRepository(db, turn.teamspaceId), heldSet, people))) {
    const { total } = await summarizeHeld(heldRepository(db, turn.teamspaceId, turn.issuer), heldSet)
    if (total === people.length) return heldSet // else somebody is back, who is not to be shown any more
  }
  const newSet = randomUUID()
  for await (const some of inChunks(people)) {
    const held = await editInTurn(turn, async ({ tx, teamspace }) => {
      // Whoever was removed meanwhile waits for nothing.
      const synced = syncedRepository(tx.db, teamspace.id, turn.issuer)
      const ids = await synced.listExisting(some.map(({ subject }) => subject))
      if (ids.length > 0) await runRepository(tx.db, teamspace.id).addHeld(newSet, ids)
      return {}
    })
    if (isFailure(held)) return held
  }
  return newSet
}

const isAllIn = (runs: ReturnType<typeof runRepository>, set: string, people: readonly SyncedIdentity[]) =>
  runs.isHeld(
    set,
    people.map(({ id }) => id),
  )
