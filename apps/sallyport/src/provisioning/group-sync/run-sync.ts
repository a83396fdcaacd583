import { inChunks } from '../csv/chunks.ts'
import { isFailure, NO_COUNTS } from './group-sync.ts'
import type { GroupSyncSettings, SyncCounts, SyncFailure } from './group-sync.ts'
import { findGone, holdPeople, mustHold } from './hold.ts'
import type { GraphUser } from './member-page.ts'
import { readMembers } from './read-members.ts'
import type { Reading, WholeGroup } from './read-members.ts'
import { revokeUsers } from './revoke-users.ts'
import type { RunResult, RunTask } from './run-task.ts'
import { askSyncToken } from './sync-token.ts'
import type { SyncTokenOptions } from './sync-token.ts'
import { stillOurs } from './turn.ts'
import type { Turn } from './turn.ts'
import { writeUsers } from './write-users.ts'

export interface RunOptions extends SyncTokenOptions {
  readonly pause?: NonNullable<Reading['pause']>
}

/** What a run has done so far; a failure does not undo it. */
interface Progress {
  counts: SyncCounts
  /** In the group, but as if they were not: disabled accounts. */
  readonly away: Set<string>
}

/**
 * Makes the teamspace agree with the group. People are added while pages come; nobody is taken out before the last one has
 * come and was understood (S2E-08).
 */
export async function runSync(turn: Turn, task: RunTask, options: RunOptions): Promise<RunResult> {
  const progress: Progress = { counts: NO_COUNTS, away: new Set() }
  const group = await readGroup(turn, task, { progress, options })
  if (isFailure(group)) return { counts: progress.counts, failure: group }
  const ended = await removeGone(turn, task, { progress, group })
  return { counts: progress.counts, ...(isFailure(ended) ? { failure: ended } : ended) }
}

interface GroupReading {
  readonly progress: Progress
  readonly options: RunOptions
}

async function readGroup(
  turn: Turn,
  { connection, settings }: RunTask,
  { progress, options }: GroupReading,
): Promise<WholeGroup | SyncFailure> {
  const token = await askSyncToken(connection, settings.clientId, options)
  if (isFailure(token)) return token
  const { accessToken, graph } = token
  const { fetch, pause } = options
  return readMembers(
    { ...settings, graph },
    {
      ...{ fetch, accessToken, now: turn.editor.now, signal: turn.signal, ...(pause && { pause }) },
      stillOurs: () => stillOurs(turn),
      take: (users) => takePage(turn, settings, { users, progress }),
    },
  )
}

interface TakenPage {
  readonly users: readonly GraphUser[]
  readonly progress: Progress
}

async function takePage(
  turn: Turn,
  settings: GroupSyncSettings,
  { users, progress }: TakenPage,
): Promise<SyncFailure | undefined> {
  // Null where the sync app may not read it: then nobody counts as disabled.
  const isAway = (user: GraphUser) => settings.skipDisabled && user.accountEnabled === false
  const away = users.filter(isAway)
  for (const { id } of away) progress.away.add(id)
  progress.counts = add(progress.counts, { skipped: away.length })
  for await (const some of inChunks(users.filter((user) => !isAway(user)))) {
    const written = await writeUsers(turn, some, settings)
    if (isFailure(written)) return written
    progress.counts = add(progress.counts, written)
  }
  return undefined
}

function add(counts: SyncCounts, more: Partial<SyncCounts>): SyncCounts {
  const sum = { ...counts }
  for (const [name, count] of Object.entries(more)) sum[name as keyof SyncCounts] += count
  return sum
}

interface WholeReading {
  readonly progress: Progress
  readonly group: WholeGroup
}

async function removeGone(
  turn: Turn,
  task: RunTask,
  { progress, group }: WholeReading,
): Promise<{ heldSet?: string } | SyncFailure> {
  const { ids, isShort } = group
  const { away } = progress
  const { people, total } = await findGone(turn, (subject) => ids.has(subject) && !away.has(subject))
  if (!task.settings.revoke) {
    progress.counts = add(progress.counts, { kept: people.length })
    return {}
  }
  const isDoubtful = isShort || ids.size === away.size
  // Newcomers do not make the loss smaller: a group whose people were exchanged for more others is held as well.
  const before = total - progress.counts.added
  if (await mustHold(turn, task, { people, before, isDoubtful })) {
    const heldSet = await holdPeople(turn, task, people)
    if (typeof heldSet !== 'string') return heldSet
    progress.counts = add(progress.counts, { held: people.length })
    return { heldSet }
  }
  for await (const some of inChunks(people)) {
    const revoked = await revokeUsers(turn, some)
    if (isFailure(revoked)) return revoked
    progress.counts = add(progress.counts, revoked)
  }
  return {}
}
