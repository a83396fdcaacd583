import { Hono } from 'hono'
import type { Context } from 'hono'
import type { z } from 'zod'
import { mcpTokenRotation, newMcpToken } from '../tokens/new-mcp-token.ts'
import { MAX_TOKEN_BODY_BYTES, tokenPageQuery } from './mcp-token-answers.ts'
import type { McpTokenAnswers } from './mcp-token-answers.ts'
import type { Asker, FindAsker } from './mcp-token-askers.ts'
import { readBody, readQuery, tokenIdOf } from './read-input.ts'

/** `/mcp-tokens`: those of the asker's own teamspace, which no path and no body names (S4-04). */
export function mcpTokenMemberRoutes(answers: McpTokenAnswers, findAsker: FindAsker): Hono {
  const issue = async <Schema extends z.ZodType>(
    context: Context,
    schema: Schema,
    work: (asker: Asker, input: z.output<Schema>) => Promise<Response>,
  ): Promise<Response> => {
    const asker = await findAsker(context)
    if (asker instanceof Response) return asker
    const tooMany = answers.refuseTooMany(context, asker)
    if (tooMany) return tooMany
    const input = await readBody(context, schema, MAX_TOKEN_BODY_BYTES)
    return input instanceof Response ? input : work(asker, input)
  }

  return new Hono()
    .post('/', (context) => issue(context, newMcpToken, (asker, input) => answers.mint(context, asker, input)))
    .post('/:id/rotate', (context) =>
      issue(context, mcpTokenRotation, (asker, input) =>
        answers.rotate(context, asker, { ...input, id: tokenIdOf(context) }),
      ),
    )
    .get('/', async (context) => {
      const asker = await findAsker(context)
      if (asker instanceof Response) return asker
      const query = readQuery(context, tokenPageQuery)
      return query instanceof Response ? query : answers.list(context, asker, query)
    })
    .delete('/:id', async (context) => {
      const asker = await findAsker(context)
      return asker instanceof Response ? asker : answers.revoke(context, asker, tokenIdOf(context))
    })
}
