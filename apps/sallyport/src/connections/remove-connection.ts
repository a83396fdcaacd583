import { identityRepository } from '../members/identity-repository.ts'
import { editTeamspace } from '../teamspaces/edit-teamspace.ts'
import type { Editor } from '../teamspaces/edit-teamspace.ts'
import { refuse } from '../teamspaces/refusal.ts'
import type { Refusal } from '../teamspaces/refusal.ts'
import { connectionRepository } from './connection-repository.ts'
import { toConnectionView } from './connection-view.ts'

/**
 * Removes a teamspace's connection together with all people whom it let in (S2D-07), those of an earlier Entra tenant
 * included: otherwise a later connection would let them in again.
 */
export function removeConnection(editor: Editor, slug: string): Promise<{ removedMembers: number } | Refusal> {
  return editTeamspace(editor, slug, async ({ tx, teamspace, record }) => {
    const connections = connectionRepository(tx.db, editor.store.sealer, teamspace.id)
    const before = await connections.find('entra')
    if (!before) return refuse({ code: 'not_found', says: 'This teamspace has no connection' })

    await connections.delete('entra')
    const removedMembers = await identityRepository(tx.db, teamspace.id).deleteAll('entra:')
    await record({
      action: 'connection.remove',
      kind: 'connection',
      before: toConnectionView(before),
      after: { removedMembers },
    })
    if (removedMembers > 0) tx.changed({ kind: 'member', teamspaceId: teamspace.id })
    return { removedMembers }
  })
}
