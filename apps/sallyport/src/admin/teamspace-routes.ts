import { Hono } from 'hono'
import { createTeamspace } from '../teamspaces/create-teamspace.ts'
import { unknownTeamspace } from '../teamspaces/edit-teamspace.ts'
import type { Editor } from '../teamspaces/edit-teamspace.ts'
import { newTeamspace } from '../teamspaces/new-teamspace.ts'
import { isRefused } from '../teamspaces/refusal.ts'
import { removeTeamspace } from '../teamspaces/remove-teamspace.ts'
import { teamspaceRepository } from '../teamspaces/teamspace-repository.ts'
import { refusalProblem } from './problem.ts'
import { readBody, slugOf } from './read-input.ts'

export function teamspaceRoutes(editor: Editor): Hono {
  const teamspaces = teamspaceRepository(editor.store.db)
  return new Hono()
    .get('/', async (context) => context.json({ teamspaces: await teamspaces.list() }))
    .post('/', async (context) => {
      const input = await readBody(context, newTeamspace)
      if (input instanceof Response) return input
      const created = await createTeamspace(editor, input)
      return isRefused(created) ? refusalProblem(context, created.refused) : context.json(created, 201)
    })
    .get('/:slug', async (context) => {
      const found = await teamspaces.findBySlug(slugOf(context))
      return found ? context.json(found) : refusalProblem(context, unknownTeamspace().refused)
    })
    .delete('/:slug', async (context) => {
      const removed = await removeTeamspace(editor, slugOf(context))
      return isRefused(removed) ? refusalProblem(context, removed.refused) : context.json(removed)
    })
}
