import type { GroupAnswer } from './group-answer.ts'
import { failureOf, outage } from './graph-fault.ts'
import type { GraphFailure, GraphRefusal, PrincipalKind } from './graph-fault.ts'
import { fetchPage } from './graph-page.ts'
import type { PageRequest } from './graph-page.ts'

const MAX_PAGES = 12
/** As many as Graph itself gives in its shortest answer (`getMemberGroups`). */
const MAX_GROUPS = 11_000

export interface Principal {
  /** Where Microsoft Graph is, without a trailing slash. */
  readonly graph: string
  readonly kind: PrincipalKind
  readonly objectId: string
}

export type Listed = { readonly answer: GroupAnswer } | { readonly refused: GraphRefusal } | GraphFailure

/** All groups of a principal, nested ones included. The address is made here, never taken from a token (M-21). */
export async function listGroups(principal: Principal, request: PageRequest): Promise<Listed> {
  const { graph, kind, objectId } = principal
  const ids = new Set<string>()
  const asked = new Set<string>()
  let url = new URL(`${graph}/v1.0/${kind}/${objectId}/transitiveMemberOf/microsoft.graph.group`)
  url.search = '$select=id&$count=true&$top=999'
  while (asked.size < MAX_PAGES) {
    asked.add(url.href)
    const page = await fetchPage(url, request).catch((cause: unknown) => outage(NO_ANSWER, withoutBody(cause)))
    if ('fault' in page) return page
    if ('status' in page) return judge(page, kind)
    for (const id of page.ids) ids.add(id)
    if (ids.size > MAX_GROUPS) return { answer: 'unknown' }
    if (page.next === undefined) return { answer: ids }
    const next = followable(page.next, graph)
    if (next === undefined) return outage('Microsoft Graph names a next page that is not its own.')
    if (asked.has(next.href)) return outage('The pages of Microsoft Graph lead in a circle.')
    url = next
  }
  return { answer: 'unknown' }
}

const NO_ANSWER = 'Microsoft Graph gave no usable answer.'

/** Errors may quote what came; only their own name goes on. */
const withoutBody = (error: unknown) =>
  new Error(error instanceof Error ? `${error.name}: ${error.message.slice(0, 200)}` : 'unknown')

function judge(refused: GraphRefusal, kind: PrincipalKind): Listed {
  // The directory has no such object, or not yet everywhere: that is not to be in no group.
  if (refused.status === 404 && refused.code === 'Request_ResourceNotFound') return { answer: 'unknown' }
  return [401, 403].includes(refused.status) ? { refused } : failureOf(refused, kind)
}

/** The token goes to Graph and nowhere else, whatever a page names. */
function followable(text: string, graph: string): URL | undefined {
  const url = URL.parse(text)
  const own = new URL(`${graph}/v1.0/`)
  if (!url || text.length > MAX_LINK || url.origin !== own.origin || !url.pathname.startsWith(own.pathname))
    return undefined
  return url.username === '' && url.password === '' ? url : undefined
}

const MAX_LINK = 8_192
