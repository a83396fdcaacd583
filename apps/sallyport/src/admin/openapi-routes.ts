import type { AdminDeps } from './admin-deps.ts'
import { apiRoute } from './api/api-route.ts'
import type { ServedRoute } from './api/api-route.ts'
import { mcpTokenDocument } from './openapi/mcp-token-document.ts'
import { openApiDocument } from './openapi/openapi-document.ts'

/** The routes, and one more that describes all of them. */
export function withDocument(routes: readonly ServedRoute[], { members }: AdminDeps): readonly ServedRoute[] {
  let text: string | undefined
  const described: ServedRoute = apiRoute(
    {
      method: 'get',
      path: '/openapi.json',
      needs: 'account',
      summary: 'This document',
      answers: { 200: { mediaType: 'application/json' } },
    },
    ({ context }) => {
      text ??= JSON.stringify(openApiDocument([...all, ...mcpTokenDocument({ byMembers: members !== undefined })]))
      return context.body(text, 200, { 'content-type': 'application/json' })
    },
  )
  const all: readonly ServedRoute[] = [...routes, described]
  return all
}
