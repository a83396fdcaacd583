import { z } from 'zod'
import { mcpTokenRotation, newMcpToken } from '../../tokens/new-mcp-token.ts'
import { tokenPageQuery } from '../mcp-token-answers.ts'
import { mcpTokenPage, mintedToken } from '../views/token-views.ts'
import type { DocumentedRoute } from './documented-route.ts'

const byMembers = { needs: 'developer', security: ['memberAccessToken'] } as const

/** For members who come by their own access tokens: the teamspace is the one whose connection vouches for them. */
const MEMBER_ROUTES: readonly DocumentedRoute[] = [
  {
    ...byMembers,
    method: 'get',
    path: '/mcp-tokens',
    summary: "MCP tokens of the caller's teamspace",
    query: tokenPageQuery,
    answers: { 200: mcpTokenPage },
    problems: [503],
  },
  {
    ...byMembers,
    method: 'post',
    path: '/mcp-tokens',
    summary: "Mint an MCP token of the caller's teamspace",
    body: newMcpToken,
    example: { name: 'Claude Desktop' },
    answers: { 201: mintedToken },
    problems: [409, 429, 503],
  },
  {
    ...byMembers,
    method: 'post',
    path: '/mcp-tokens/:id/rotate',
    summary: 'Mint the successor of an MCP token',
    body: mcpTokenRotation,
    example: { grace_seconds: 3_600 },
    answers: { 201: mintedToken },
    problems: [409, 429, 503],
  },
  {
    ...byMembers,
    method: 'delete',
    path: '/mcp-tokens/:id',
    summary: 'Revoke an MCP token',
    answers: { 204: 'nothing' },
    problems: [503],
  },
]

const form = { takes: ['application/x-www-form-urlencoded'], example: 'token=mcpt_…', errors: 'oauth' } as const

const introspection = z
  .looseObject({ active: z.boolean() })
  .meta({ id: 'Introspection', description: 'RFC 7662 §2.2, with `teamspace`, `role` and `member_id`.' })

const OAUTH_ROUTES: readonly DocumentedRoute[] = [
  {
    ...form,
    method: 'post',
    path: '/mcp-tokens/revoke',
    needs: 'account',
    security: [],
    summary: 'Revoke the MCP token that is presented (RFC 7009)',
    answers: { 200: 'nothing' },
  },
  {
    ...form,
    method: 'post',
    path: '/mcp-tokens/introspect',
    needs: 'account',
    security: ['operatorToken'],
    summary: 'What the MCP token that is presented stands for (RFC 7662)',
    answers: { 200: introspection },
  },
]

/** What is served below `/mcp-tokens` by rules of its own. */
export const mcpTokenDocument = ({ byMembers: isOpen }: { readonly byMembers: boolean }): readonly DocumentedRoute[] =>
  isOpen ? [...MEMBER_ROUTES, ...OAUTH_ROUTES] : OAUTH_ROUTES
