import { connectionRepository } from '../../connections/connection-repository.ts'
import { issuerKeyOf } from '../../connections/connection.ts'
import type { Store } from '../../store/store.ts'
import { editTeamspace } from '../../teamspaces/edit-teamspace.ts'
import type { Editor, TeamspaceEdit } from '../../teamspaces/edit-teamspace.ts'
import { isRefused } from '../../teamspaces/refusal.ts'
import type { Refusal } from '../../teamspaces/refusal.ts'
import { groupSyncRepository } from './group-sync-repository.ts'
import { failure } from './group-sync.ts'
import type { SyncFailure } from './group-sync.ts'

/** How long a run that was killed keeps other replicas waiting. */
export const LEASE_MS = 60_000
const BEAT_MS = 15_000

/** The runs of this process, whichever configuration they began under. Ids are nobody else's. */
const ownRuns = new Set<string>()

/** Called before others can see that the run has its turn. */
export const noteOwnRun = (runId: string): void => void ownRuns.add(runId)
export const forgetOwnRun = (runId: string): void => void ownRuns.delete(runId)

/**
 * Whether a run may still be under way. The lock on a SQLite database is the operating system's, and one process has it at a
 * time: a run that is none of ours ended with its process, however that ended. Of another replica on Postgres nobody knows;
 * one that does not answer may still write, so its lease is waited for.
 */
export const isUnderWay = (
  lease: { readonly runId: string; readonly until: number } | null | undefined,
  at: number,
  engine: Store['engine'],
): boolean => !!lease && lease.until > at && (engine !== 'sqlite' || ownRuns.has(lease.runId))

/** A run that may write, of all runs of its teamspace the only one. */
export interface Turn {
  readonly runId: string
  readonly editor: Editor
  readonly slug: string
  readonly teamspaceId: string
  /** Of the identities that it is about. */
  readonly issuer: string
  /** Ends it: Sallyport stops, or it took too long. */
  readonly signal: AbortSignal
  readonly deadline: AbortSignal
}

const LOST = failure(
  'turn_lost',
  'The settings were changed while it ran, or another run took over. What it had added stays.',
)

const until = ({ editor }: Turn) => editor.now() + LEASE_MS

/** Between two writes: keeps the turn, or says why the run has to end. */
export async function stillOurs(turn: Turn): Promise<SyncFailure | undefined> {
  if (turn.signal.aborted) return abortedOf(turn)
  const syncs = groupSyncRepository(turn.editor.store.db, turn.teamspaceId)
  return (await syncs.keepTurn({ runId: turn.runId, until: until(turn) })) ? undefined : LOST
}

/** A wait that Graph asks for may be longer than the lease. Answers the way to end it. */
export function keepAlive(turn: Turn): () => void {
  const beat = () => void stillOurs(turn).catch(() => undefined) // a write will say it, too
  const timer = setInterval(beat, BEAT_MS).unref()
  return () => clearInterval(timer)
}

const abortedOf = ({ deadline }: Turn): SyncFailure =>
  deadline.aborted
    ? failure('took_too_long', 'It took too long. What it had added stays; the next run goes on.')
    : failure('stopped', 'Sallyport was stopped. What it had added stays; the next run goes on.')

/**
 * One change by a run, which is made only while it has its turn: whoever takes over, or changes the settings, waits for the
 * transaction or is seen in it.
 */
export async function editInTurn<Result extends object>(
  turn: Turn,
  work: (edit: TeamspaceEdit) => Promise<Result>,
): Promise<Result | SyncFailure> {
  if (turn.signal.aborted) return abortedOf(turn)
  const { editor, slug, runId } = turn
  const edited = await editTeamspace<Result | SyncFailure>(editor, slug, async (edit) => {
    const { tx, teamspace } = edit
    if (!(await groupSyncRepository(tx.db, teamspace.id).keepTurn({ runId, until: until(turn) }))) return LOST
    // An object id of one tenant means nothing in another (S2D-11).
    const connection = await connectionRepository(tx.db, editor.store.sealer, teamspace.id).find('entra')
    if (!connection || issuerKeyOf(connection) !== turn.issuer) return LOST
    return work(edit)
  })
  return isRefused(edited as object | Refusal) ? LOST : (edited as Result | SyncFailure)
}
