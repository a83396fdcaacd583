import { mcpTokenRotation, newMcpToken } from '../tokens/new-mcp-token.ts'
import type { AdminDeps } from './admin-deps.ts'
import { apiRoute } from './api/api-route.ts'
import type { ServedRoute } from './api/api-route.ts'
import { MAX_TOKEN_BODY_BYTES, tokenPageQuery } from './mcp-token-answers.ts'
import type { McpTokenAnswers } from './mcp-token-answers.ts'
import { askerOf } from './mcp-token-askers.ts'
import { tokenIdOf } from './read-input.ts'
import { mcpTokenPage, mintedToken } from './views/token-views.ts'

/** A teamspace's MCP tokens. Developers see and make none but their own; see `findRights`. */
export function mcpTokenRoutes(
  answers: McpTokenAnswers,
  { members }: Pick<AdminDeps, 'members'> = {},
): readonly ServedRoute[] {
  return [
    apiRoute(
      {
        method: 'get',
        path: '/teamspaces/:slug/mcp-tokens',
        needs: 'developer',
        summary: 'MCP tokens, newest first: a developer sees the own ones, others all',
        query: tokenPageQuery,
        answers: { 200: mcpTokenPage },
      },
      (call) => answers.list(call.context, askerOf(call, members), call.query),
    ),
    apiRoute(
      {
        method: 'post',
        path: '/teamspaces/:slug/mcp-tokens',
        needs: 'developer',
        summary: 'Mint an MCP token, which is shown once; each request makes another',
        body: newMcpToken,
        example: { name: 'Claude Desktop', expires_in_seconds: 7_776_000 },
        maxBytes: MAX_TOKEN_BODY_BYTES,
        answers: { 201: mintedToken },
        problems: [409, 429],
      },
      (call) => {
        const asker = askerOf(call, members)
        return answers.refuseTooMany(call.context, asker) ?? answers.mint(call.context, asker, call.body)
      },
    ),
    apiRoute(
      {
        method: 'post',
        path: '/teamspaces/:slug/mcp-tokens/:id/rotate',
        needs: 'developer',
        summary: 'Mint the successor of an MCP token, which is accepted for a while longer',
        body: mcpTokenRotation,
        example: { grace_seconds: 3_600 },
        maxBytes: MAX_TOKEN_BODY_BYTES,
        answers: { 201: mintedToken },
        problems: [409, 429],
      },
      (call) => {
        const [asker, id] = [askerOf(call, members), tokenIdOf(call.context)]
        return answers.refuseTooMany(call.context, asker) ?? answers.rotate(call.context, asker, { ...call.body, id })
      },
    ),
    apiRoute(
      {
        method: 'delete',
        path: '/teamspaces/:slug/mcp-tokens/:id',
        needs: 'developer',
        summary: 'Revoke an MCP token at once and for ever; its record stays',
        answers: { 204: 'nothing' },
      },
      (call) => answers.revoke(call.context, askerOf(call, members), tokenIdOf(call.context)),
    ),
  ]
}
