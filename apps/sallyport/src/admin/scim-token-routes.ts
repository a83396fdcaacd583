import { Hono } from 'hono'
import {
  createScimToken,
  MAX_TOKENS,
  newScimToken,
  revokeScimToken,
  toScimTokenView,
} from '../provisioning/scim/manage-scim-tokens.ts'
import type { ScimTokenView } from '../provisioning/scim/manage-scim-tokens.ts'
import { scimTokenRepository } from '../provisioning/scim/scim-token-repository.ts'
import { unknownTeamspace } from '../teamspaces/edit-teamspace.ts'
import type { Editor } from '../teamspaces/edit-teamspace.ts'
import { isRefused } from '../teamspaces/refusal.ts'
import { teamspaceRepository } from '../teamspaces/teamspace-repository.ts'
import { refusalProblem } from './problem.ts'
import { readBody, slugOf, tokenIdOf } from './read-input.ts'

/** What creating answers: the one time that the token itself is shown. */
export type CreatedScimTokenView = ScimTokenView & { readonly token: string }

export interface ScimTokensView {
  readonly tokens: readonly ScimTokenView[]
}

/** The secrets by which identity providers provision a teamspace. */
export function scimTokenRoutes(editor: Editor): Hono {
  const { db } = editor.store
  return new Hono()
    .get('/', async (context) => {
      const teamspace = await teamspaceRepository(db).findBySlug(slugOf(context))
      if (!teamspace) return refusalProblem(context, unknownTeamspace().refused)
      const tokens = await scimTokenRepository(db, teamspace.id).list(MAX_TOKENS)
      const view: ScimTokensView = { tokens: tokens.map((token) => toScimTokenView(token, editor.now())) }
      return context.json(view)
    })
    .post('/', async (context) => {
      const input = await readBody(context, newScimToken)
      if (input instanceof Response) return input
      const created = await createScimToken(editor, slugOf(context), input)
      if (isRefused(created)) return refusalProblem(context, created.refused)
      const view: CreatedScimTokenView = {
        ...toScimTokenView(created.scimToken, editor.now()),
        token: created.token,
      }
      return context.json(view, 201)
    })
    .delete('/:id', async (context) => {
      const revoked = await revokeScimToken(editor, slugOf(context), tokenIdOf(context))
      return isRefused(revoked) ? refusalProblem(context, revoked.refused) : context.body(null, 204)
    })
}
