import { randomUUID } from 'node:crypto'
import { isUniqueViolation } from '../store/unique-violation.ts'
import { recordEdits } from './edit-teamspace.ts'
import type { Editor } from './edit-teamspace.ts'
import type { NewTeamspace } from './new-teamspace.ts'
import { refuse } from './refusal.ts'
import type { Refusal } from './refusal.ts'
import { teamspaceRepository } from './teamspace-repository.ts'
import type { Teamspace } from './teamspace.ts'

export async function createTeamspace(editor: Editor, { slug, name }: NewTeamspace): Promise<Teamspace | Refusal> {
  const at = editor.now()
  const teamspace = { id: randomUUID(), slug, name, createdAt: at }
  try {
    await editor.store.transaction(async (tx) => {
      await teamspaceRepository(tx.db).insert(teamspace)
      const edit = { action: 'teamspace.create', kind: 'teamspace', after: { slug, name } } as const
      await recordEdits(editor, tx, { edits: [edit], teamspaceId: teamspace.id, at })
    })
  } catch (error) {
    if (!isUniqueViolation(error)) throw error
    return refuse({ code: 'conflict', field: 'slug', says: 'This slug is already taken' })
  }
  return teamspace
}
