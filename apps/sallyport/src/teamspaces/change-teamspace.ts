import { editTeamspace } from './edit-teamspace.ts'
import type { Editor } from './edit-teamspace.ts'
import type { TeamspaceChange } from './new-teamspace.ts'
import type { Refusal } from './refusal.ts'
import { teamspaceRepository } from './teamspace-repository.ts'
import type { Teamspace } from './teamspace.ts'

/** Gives a teamspace another name. The one that it has already changes nothing. */
export function changeTeamspace(editor: Editor, slug: string, { name }: TeamspaceChange): Promise<Teamspace | Refusal> {
  return editTeamspace(editor, slug, async ({ tx, teamspace, record }) => {
    if (teamspace.name === name) return teamspace
    await teamspaceRepository(tx.db).rename(teamspace.id, name)
    const before = { slug, name: teamspace.name }
    await record({ action: 'teamspace.change', kind: 'teamspace', before, after: { slug, name } })
    return { ...teamspace, name }
  })
}
