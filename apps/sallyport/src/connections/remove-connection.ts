import { identityRepository } from '../members/identity-repository.ts'
import { refuseOwnersRemoval } from '../members/member-rights.ts'
import { editTeamspace } from '../teamspaces/edit-teamspace.ts'
import type { Editor } from '../teamspaces/edit-teamspace.ts'
import { refuse } from '../teamspaces/refusal.ts'
import type { Refusal } from '../teamspaces/refusal.ts'
import { connectionRepository } from './connection-repository.ts'
import { toConnectionView } from './connection-view.ts'
import type { ConnectionKind } from './connection.ts'

/** How the issuers of a kind's identities begin; see `issuerKeyOf`. */
const ISSUERS: Record<ConnectionKind, readonly string[]> = {
  entra: ['entra:'],
  oidc: ['https://', 'http://'],
  kubernetes: ['kubernetes:'],
}

export const noConnection = (kind: ConnectionKind): Refusal =>
  refuse({ code: 'not_found', says: `This teamspace has no ${kind} connection` })

/**
 * Removes a teamspace's connection of one kind together with all people whom that kind let in (S2D-07), those of an
 * earlier tenant or issuer included: otherwise a later connection would let them in again.
 */
export function removeConnection(
  editor: Editor,
  slug: string,
  kind: ConnectionKind,
): Promise<{ removedMembers: number } | Refusal> {
  return editTeamspace(editor, slug, async (edit) => {
    const { tx, teamspace, record } = edit
    const connections = connectionRepository(tx.db, editor.store.sealer, teamspace.id)
    const before = await connections.find(kind)
    if (!before) return noConnection(kind)
    const isOfKind = ({ issuer }: { issuer: string }) => ISSUERS[kind].some((beginning) => issuer.startsWith(beginning))
    const refusal = await refuseOwnersRemoval(edit, editor, isOfKind)
    if (refusal) return refusal

    await connections.delete(kind)
    const identities = identityRepository(tx.db, teamspace.id)
    let removedMembers = 0
    for (const issuers of ISSUERS[kind]) removedMembers += await identities.deleteAll(issuers)
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
