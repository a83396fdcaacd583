import { connectionRepository } from '../../connections/connection-repository.ts'
import { issuerKeyOf } from '../../connections/connection.ts'
import type { Store } from '../../store/store.ts'
import { refuse } from '../../teamspaces/refusal.ts'
import type { Refusal } from '../../teamspaces/refusal.ts'
import { noGroupSync, unknownRun, WAITS_NO_MORE } from './begin-run.ts'
import { groupSyncRepository } from './group-sync-repository.ts'
import { NO_CONNECTION } from './group-sync.ts'
import { heldRepository } from './held-repository.ts'
import { readHeld } from './read-held.ts'
import type { HeldPage, PageOfHeld } from './read-held.ts'
import { runRepository } from './run-repository.ts'

interface Asked extends PageOfHeld {
  readonly runId: string
}

/** Whom a run that waits would take out, as of now; `list` is what whoever confirms has to have seen. */
export async function showHeld(
  { db, sealer }: Store,
  teamspaceId: string,
  { runId, ...page }: Asked,
): Promise<HeldPage | Refusal> {
  const stored = await groupSyncRepository(db, teamspaceId).find()
  if (!stored) return noGroupSync()
  const runs = runRepository(db, teamspaceId)
  if (!(await runs.find(runId))) return unknownRun()
  const set = await runs.findHeldSet(runId)
  if (set === undefined || set !== stored.heldSet) return WAITS_NO_MORE
  const connection = await connectionRepository(db, sealer, teamspaceId).find('entra')
  if (!connection) return refuse({ code: 'conflict', says: NO_CONNECTION.says })
  return readHeld(heldRepository(db, teamspaceId, issuerKeyOf(connection)), set, page)
}
