import { createTeamspace } from '../teamspaces/create-teamspace.ts'
import type { Editor } from '../teamspaces/edit-teamspace.ts'
import { isRefused } from '../teamspaces/refusal.ts'
import type { Refusal } from '../teamspaces/refusal.ts'
import { teamspaceRepository } from '../teamspaces/teamspace-repository.ts'
import type { Teamspace } from '../teamspaces/teamspace.ts'

/** The teamspace that the configuration speaks of. Another replica may make it too: whoever is second finds it there. */
export async function declareTeamspace(editor: Editor, slug: string): Promise<Teamspace | Refusal> {
  const teamspaces = teamspaceRepository(editor.store.db)
  const found = (await teamspaces.findBySlug(slug)) ?? (await createTeamspace(editor, { slug, name: slug }))
  return isRefused(found) ? ((await teamspaces.findBySlug(slug)) ?? found) : found
}
