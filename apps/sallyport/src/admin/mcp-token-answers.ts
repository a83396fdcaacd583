import type { Context } from 'hono'
import { z } from 'zod'
import type { Store } from '../store/store.ts'
import { isRefused } from '../teamspaces/refusal.ts'
import type { Refusal } from '../teamspaces/refusal.ts'
import { listTokens } from '../tokens/list-tokens.ts'
import type { McpTokenCursor } from '../tokens/mcp-token-repository.ts'
import { toMcpTokenView } from '../tokens/mcp-token-view.ts'
import { mintToken } from '../tokens/mint-token.ts'
import type { NewlyMinted } from '../tokens/mint-token.ts'
import type { MintLimiter } from '../tokens/mint-limiter.ts'
import type { McpTokenRotation, NewMcpToken } from '../tokens/new-mcp-token.ts'
import { revokeToken } from '../tokens/revoke-token.ts'
import { rotateToken } from '../tokens/rotate-token.ts'
import type { TokenLimits } from '../tokens/token-limits.ts'
import type { Asker } from './mcp-token-askers.ts'
import { problem, refusalProblem } from './problem.ts'
import type { mcpTokenPage, mintedToken } from './views/token-views.ts'

/** What minting and rotating answer: the one time that the token itself is shown. */
export type MintedTokenView = z.output<typeof mintedToken>
export type McpTokenPageView = z.output<typeof mcpTokenPage>

export const MAX_TOKEN_BODY_BYTES = 4 * 1024
const MAX_PAGE = 200

export const tokenPageQuery = z.strictObject({
  limit: z.coerce.number().int().min(1).max(MAX_PAGE).default(100),
  after: z
    .string()
    .regex(/^\d{1,15}\.[0-9a-f-]{36}$/, { error: 'must be the next of the page before' })
    .transform((text): McpTokenCursor => {
      const [createdAt = '', id = ''] = text.split('.')
      return { createdAt: Number(createdAt), id }
    })
    .optional(),
})

export interface McpTokenDeps {
  readonly store: Store
  readonly now: () => number
  readonly limiter: MintLimiter
  readonly limits: TokenLimits
}

export type McpTokenAnswers = ReturnType<typeof createMcpTokenAnswers>

/** What is done about MCP tokens, and answered, whoever asks and however they came. */
export function createMcpTokenAnswers({ store, now, limiter, limits }: McpTokenDeps) {
  const answerIssued = (context: Context, issued: NewlyMinted | Refusal): Response => {
    if (isRefused(issued)) return refusalProblem(context, issued.refused)
    return context.json({ ...toMcpTokenView(issued.mcpToken, now()), token: issued.token }, 201)
  }
  return {
    /** Asked before the input is read, by both ways to get a token. */
    refuseTooMany(context: Context, { actor, slug }: Asker): Response | undefined {
      const waitSeconds = limiter.attempt(`${actor.kind} ${slug}`)
      if (waitSeconds === undefined) return undefined
      context.header('retry-after', String(waitSeconds))
      return problem(context, 429, 'Too many MCP tokens are being minted; try again later')
    },
    mint: async (context: Context, { editor, slug, actor }: Asker, input: NewMcpToken): Promise<Response> =>
      answerIssued(context, await mintToken(editor, slug, input, { actor, limits })),
    rotate: async (
      context: Context,
      { editor, slug, actor }: Asker,
      input: McpTokenRotation & { readonly id: string },
    ): Promise<Response> => answerIssued(context, await rotateToken(editor, slug, input, { actor, limits })),
    async list(context: Context, asker: Asker, query: z.output<typeof tokenPageQuery>): Promise<Response> {
      const listed = await listTokens(store, asker.slug, query, asker)
      if (isRefused(listed)) return refusalProblem(context, listed.refused)
      const at = now()
      const last = listed.tokens.length === query.limit ? listed.tokens.at(-1) : undefined
      const tokens = listed.tokens.map((token) => toMcpTokenView(token, at))
      return context.json({ tokens, ...(last && { next: `${last.createdAt}.${last.id}` }) })
    },
    async revoke(context: Context, asker: Asker, id: string): Promise<Response> {
      const revoked = await revokeToken(asker.editor, asker.slug, id, asker)
      return isRefused(revoked) ? refusalProblem(context, revoked.refused) : context.body(null, 204)
    },
  }
}
