import type { z } from 'zod'
import {
  createScimToken,
  MAX_TOKENS,
  newScimToken,
  revokeScimToken,
  toScimTokenView,
} from '../provisioning/scim/manage-scim-tokens.ts'
import { scimTokenRepository } from '../provisioning/scim/scim-token-repository.ts'
import type { Store } from '../store/store.ts'
import { isRefused } from '../teamspaces/refusal.ts'
import { apiRoute } from './api/api-route.ts'
import type { ServedRoute } from './api/api-route.ts'
import { refusalProblem } from './problem.ts'
import { tokenIdOf } from './read-input.ts'
import { createdScimToken, scimTokens } from './views/token-views.ts'

/** What creating answers: the one time that the token itself is shown. */
export type CreatedScimTokenView = z.output<typeof createdScimToken>
export type ScimTokensView = z.output<typeof scimTokens>

/** The secrets by which identity providers provision a teamspace. */
export function scimTokenRoutes({ db }: Store): readonly ServedRoute[] {
  return [
    apiRoute(
      {
        method: 'get',
        path: '/teamspaces/:slug/scim-tokens',
        needs: 'admin',
        summary: 'SCIM tokens, newest first, those that ended included; never more than a hundred',
        answers: { 200: scimTokens },
      },
      async ({ context, teamspace, editor }) => {
        const tokens = await scimTokenRepository(db, teamspace.id).list(MAX_TOKENS)
        return context.json({ tokens: tokens.map((token) => toScimTokenView(token, editor.now())) })
      },
    ),
    apiRoute(
      {
        method: 'post',
        path: '/teamspaces/:slug/scim-tokens',
        needs: 'admin',
        summary: 'Create a SCIM token, which is shown once; each request makes another',
        body: newScimToken,
        example: { name: 'Entra', connection: 'entra' },
        answers: { 201: createdScimToken },
        problems: [409],
      },
      async ({ context, editor, slug, body }) => {
        const created = await createScimToken(editor, slug, body)
        if (isRefused(created)) return refusalProblem(context, created.refused)
        return context.json({ ...toScimTokenView(created.scimToken, editor.now()), token: created.token }, 201)
      },
    ),
    apiRoute(
      {
        method: 'delete',
        path: '/teamspaces/:slug/scim-tokens/:id',
        needs: 'admin',
        summary: 'Revoke a SCIM token at once and for ever; its record stays',
        answers: { 204: 'nothing' },
      },
      async ({ context, editor, slug }) => {
        const revoked = await revokeScimToken(editor, slug, tokenIdOf(context))
        return isRefused(revoked) ? refusalProblem(context, revoked.refused) : context.body(null, 204)
      },
    ),
  ]
}
