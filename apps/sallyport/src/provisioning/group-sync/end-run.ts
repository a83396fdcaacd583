import { editTeamspace } from '../../teamspaces/edit-teamspace.ts'
import { groupSyncRepository } from './group-sync-repository.ts'
import type { SyncRun } from './group-sync.ts'
import { runRepository } from './run-repository.ts'
import type { RunResult } from './run-task.ts'
import type { Turn } from './turn.ts'

/** Writes down how a run ended, gives the turn back, and leaves the row in the audit trail. */
export async function endRun(turn: Pick<Turn, 'editor' | 'slug'>, run: SyncRun, result: RunResult): Promise<void> {
  const { counts, failure, heldSet } = result
  const outcome = failure ? 'failed' : heldSet === undefined ? 'succeeded' : 'held'
  await editTeamspace(turn.editor, turn.slug, async ({ tx, teamspace, at, record }) => {
    const syncs = groupSyncRepository(tx.db, teamspace.id)
    const runs = runRepository(tx.db, teamspace.id)
    const isOurs = (await syncs.find())?.lease?.runId === run.id
    await runs.end(run.id, { outcome, at, counts, failure, heldSet })
    if (isOurs) {
      await syncs.endTurn(run.id)
      if (outcome !== 'failed') {
        await syncs.setHeld(heldSet ?? null)
        await runs.deleteHeld(heldSet ?? null)
      }
    }
    await runs.prune()
    const error = failure && { code: failure.failed, says: failure.says }
    const after = { id: run.id, cause: run.cause, outcome, ...counts, ...(error && { error }) }
    await record({ action: 'group_sync.run', kind: 'group_sync', after })
    return {}
  })
}
