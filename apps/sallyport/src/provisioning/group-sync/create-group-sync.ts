import type { EntraClouds } from '@sallyport/verifier'
import { issuerKeyOf } from '../../connections/connection.ts'
import type { Store } from '../../store/store.ts'
import type { Editor } from '../../teamspaces/edit-teamspace.ts'
import { isRefused, refuse } from '../../teamspaces/refusal.ts'
import type { Refusal } from '../../teamspaces/refusal.ts'
import { beginRun } from './begin-run.ts'
import type { BegunRun, RunRequest } from './begin-run.ts'
import { endRun } from './end-run.ts'
import type { Federation } from './federation.ts'
import { listDue } from './group-sync-repository.ts'
import { failure, NO_CONNECTION, NO_COUNTS } from './group-sync.ts'
import type { SyncedGroup, SyncRun } from './group-sync.ts'
import { runSync } from './run-sync.ts'
import type { RunOptions } from './run-sync.ts'
import type { RunResult } from './run-task.ts'
import { testSync } from './test-sync.ts'
import type { SyncTest } from './test-sync.ts'
import { forgetOwnRun, keepAlive } from './turn.ts'

const RUN_MS = 15 * 60_000
const MAX_AT_ONCE = 32
const SCHEDULED_AT_ONCE = 4
const LOOK_EVERY_MS = 30_000

export interface GroupSyncOptions extends RunOptions {
  readonly store: Store
  readonly clouds: EntraClouds
  readonly federation: Federation
  /** Milliseconds since the epoch. */
  readonly now: () => number
  readonly log: (message: string, fields?: object) => void
}

/** People from a group of Microsoft Entra (S2E-01). */
export interface GroupSync {
  readonly federation: Federation
  readonly clouds: EntraClouds
  /** Asks Entra and Graph as a run would, and changes nothing. */
  test(slug: string, group?: SyncedGroup): Promise<SyncTest | Refusal>
  /** Answers the run as soon as it has its turn; it goes on by itself. */
  start(editor: Editor, slug: string, request: RunRequest): Promise<SyncRun | Refusal>
  /** Starts what is due on the schedule. Answers how many runs that were. */
  runDue(): Promise<number>
  /** Looks from time to time what is due, until the answered function is called. */
  schedule(everyMs?: number): () => void
  /** Resolves when nothing runs here. */
  idle(): Promise<void>
  /** Ends what runs, and resolves when that is written down. */
  close(): Promise<void>
}

export function createGroupSync(options: GroupSyncOptions): GroupSync {
  const { store, now, log } = options
  const stopping = new AbortController()
  const active = new Set<Promise<void>>()
  let scheduled = 0

  function follow(editor: Editor, slug: string, begun: BegunRun): Promise<void> {
    const running = perform(editor, slug, { begun, options, stopping: stopping.signal })
      .catch((error: unknown) => log('A run of group sync could not be ended', { error, run: begun.run.id }))
      .finally(() => {
        forgetOwnRun(begun.run.id)
        active.delete(running)
      })
    active.add(running)
    return running
  }

  async function runDue(): Promise<number> {
    const free = SCHEDULED_AT_ONCE - scheduled
    if (free <= 0 || stopping.signal.aborted) return 0
    const editor = { store, now, actor: 'group sync' }
    let started = 0
    for (const slug of await listDue(store.db, now(), free)) {
      const begun = await beginRun(editor, slug, { cause: 'schedule' })
      if (isRefused(begun)) continue // another replica was faster
      started++
      scheduled++
      void follow(editor, slug, begun).finally(() => scheduled--)
    }
    return started
  }

  const idle = async () => {
    while (active.size > 0) await Promise.allSettled(active)
  }
  return {
    federation: options.federation,
    clouds: options.clouds,
    test: (slug, group) => testSync(slug, group, options),
    async start(editor, slug, request) {
      if (active.size >= MAX_AT_ONCE || stopping.signal.aborted) return TOO_MANY
      const begun = await beginRun(editor, slug, request)
      if (isRefused(begun)) return begun
      // The run is the teamspace's own, and ends as any other, also when whoever began it is removed meanwhile.
      void follow({ ...editor, check: undefined }, slug, begun)
      return begun.run
    },
    runDue,
    schedule(everyMs = LOOK_EVERY_MS) {
      const look = () => runDue().catch((error: unknown) => log('Group sync could not look what is due', { error }))
      const timer = setInterval(look, everyMs).unref()
      return () => clearInterval(timer)
    },
    idle,
    async close() {
      stopping.abort()
      await idle()
    },
  }
}

const TOO_MANY = refuse({ code: 'conflict', says: 'Too many runs of group sync are under way; try again in a minute' })

interface Performance {
  readonly begun: BegunRun
  readonly options: GroupSyncOptions
  readonly stopping: AbortSignal
}

async function perform(editor: Editor, slug: string, { begun, options, stopping }: Performance): Promise<void> {
  const { run, teamspaceId, connection, stored, confirmedSet } = begun
  if (!connection) return endRun({ editor, slug }, run, { counts: NO_COUNTS, failure: NO_CONNECTION })
  const deadline = AbortSignal.timeout(RUN_MS)
  const signal = AbortSignal.any([stopping, deadline])
  const turn = { runId: run.id, editor, slug, teamspaceId, issuer: issuerKeyOf(connection), signal, deadline }
  const task = { connection, settings: stored.settings, confirmedSet, heldSet: stored.heldSet }
  const rest = keepAlive(turn)
  const result = await runSync(turn, task, options)
    .catch((error: unknown): RunResult => {
      options.log('A run of group sync failed', { error, run: run.id })
      return { counts: NO_COUNTS, failure: FAULT }
    })
    .finally(rest)
  await endRun({ editor, slug }, run, result)
}

const FAULT = failure('fault', 'Something went wrong in Sallyport; the log says what. The next run tries again.')
