import { editTeamspace } from './edit-teamspace.ts'
import type { Editor } from './edit-teamspace.ts'
import type { Refusal } from './refusal.ts'
import { teamspaceRepository } from './teamspace-repository.ts'
import type { Teamspace } from './teamspace.ts'

/** Removes a teamspace with all it owns. Its audit rows stay. */
export function removeTeamspace(editor: Editor, slug: string): Promise<Teamspace | Refusal> {
  return editTeamspace(editor, slug, async ({ tx, teamspace, record }) => {
    await teamspaceRepository(tx.db).delete(teamspace.id)
    await record({ action: 'teamspace.remove', kind: 'teamspace', before: { slug, name: teamspace.name } })
    return teamspace
  })
}
