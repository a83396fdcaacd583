import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { TestContext } from 'node:test'
import { getRequestListener } from '@hono/node-server'
import { createAdminApp, servedRoutes } from '../../../apps/sallyport/src/admin/admin-app.ts'
import type { AdminDeps } from '../../../apps/sallyport/src/admin/admin-deps.ts'
import type { ServedRoute } from '../../../apps/sallyport/src/admin/api/api-route.ts'
import type { Caller, Membership } from '../../../apps/sallyport/src/admin/api/caller.ts'
import { statusesOf } from '../../../apps/sallyport/src/admin/openapi/responses.ts'
import { auditChainOf } from '../../../apps/sallyport/src/audit/audit-chain.ts'
import { nextAuditId } from '../../../apps/sallyport/src/audit/audit-id.ts'
import { fromCall } from '../../../apps/sallyport/src/audit/audit-row.ts'
import type { ServerConfig } from '../../../apps/sallyport/src/config/config.ts'
import { identityRepository } from '../../../apps/sallyport/src/members/identity-repository.ts'
import { memberRepository } from '../../../apps/sallyport/src/members/member-repository.ts'
import { runRepository } from '../../../apps/sallyport/src/provisioning/group-sync/run-repository.ts'
import type { Store } from '../../../apps/sallyport/src/store/store.ts'
import { teamspaceRepository } from '../../../apps/sallyport/src/teamspaces/teamspace-repository.ts'
import { serverToolRepository } from '../../../apps/sallyport/src/tools/server-tool-repository.ts'
import type { OpenStore } from '../../support/each-store.ts'

const OPERATOR_TOKEN = 'operator-token-of-the-tests-0123456789'

/** One from another day for each teamspace, so that no id of one could be the other's. */
const guid = (kind: string, number: number) => `${kind.repeat(8)}-0000-4000-8000-${String(number).padStart(12, '0')}`

export const ROLES = ['owner', 'admin', 'developer'] as const

const FINDINGS: ServerConfig = {
  name: 'findings',
  path: '/findings/mcp',
  upstream: new URL('http://findings.example'),
  auth: { mode: 'None' },
  scopes: [],
  resourcePath: '/findings',
  forwardHeaders: [],
  toolRates: {},
  outbound: { kind: 'none' },
}

export interface Asked {
  /** Who is signed in, by e-mail; `operator` brings the token instead. */
  readonly as?: string | undefined
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
}

/** The admin API over HTTP, with two teamspaces that have something of everything. */
export async function aWorld(t: TestContext, open: OpenStore) {
  const store = await open()
  const deps: AdminDeps = {
    servers: [FINDINGS],
    store,
    clouds: { global: { authority: 'https://login.microsoftonline.com' } },
    kubernetes: {
      clusters: new Map([
        ['production', { api: { name: 'production', server: 'https://10.0.0.1', credential: () => 'x' } }],
      ]),
      fetchFor: () => offline,
      audienceFor: (slug) => `https://mcp.example/t/${slug}/mcp`,
    },
    operatorToken: OPERATOR_TOKEN,
    findSignedIn: (context) => findSignedIn(store, context.req.header('cookie')),
    fetch: offline,
    issuerFetch: offline,
    now: Date.now,
    consoleUrl: 'https://console.example',
    log: (message, fields) => assert.fail(`${message} ${JSON.stringify(fields)}`),
  }
  const routes = servedRoutes(deps)
  const base = await listen(t, createAdminApp(deps).fetch)
  const send = async (method: string, path: string, { as, body, headers }: Asked = {}) => {
    const isText = typeof body === 'string'
    const response = await fetch(`${base}/api/v1${path}`, {
      method: method.toUpperCase(),
      headers: {
        ...(as === 'operator' && { authorization: `Bearer ${OPERATOR_TOKEN}` }),
        ...(as !== undefined && as !== 'operator' && { cookie: `person=${as}` }),
        ...(body !== undefined && { 'content-type': isText ? 'text/csv' : 'application/json' }),
        ...headers,
      },
      ...(body !== undefined && { body: isText ? body : JSON.stringify(body) }),
    })
    const text = await response.text()
    const type = response.headers.get('content-type') ?? ''
    const answer = /[/+]json\b/.test(type) ? JSON.parse(text) : text
    assertDeclared(routes, { method, path, status: response.status })
    return { status: response.status, type, etag: response.headers.get('etag'), body: answer, text }
  }
  const must = async (method: string, path: string, body?: unknown) => {
    const answer = await send(method, path, { as: 'operator', body })
    assert.ok(answer.status < 300, `${method} ${path}: ${answer.text}`)
    return answer.body
  }
  const acme = await fill(store, must, { slug: 'acme', number: 1 })
  const globex = await fill(store, must, { slug: 'globex', number: 2 })
  return { deps, store, send, must, acme, globex, routes }
}

export type World = Awaited<ReturnType<typeof aWorld>>

const offline = () => Promise.reject(new Error('offline'))

async function listen(t: TestContext, handle: Parameters<typeof getRequestListener>[0]): Promise<string> {
  const server = createServer(getRequestListener(handle, { overrideGlobalObjects: false })).listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => {
    server.closeAllConnections()
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

/** Whatever a test does, a route answers with no status that its description does not have. */
function assertDeclared(
  routes: readonly ServedRoute[],
  { method, path, status }: { readonly method: string; readonly path: string; readonly status: number },
): void {
  const [asked = ''] = path.split('?')
  const route = routes.find(
    (each) =>
      each.method === method.toLowerCase() && new RegExp(`^${each.path.replace(/:[^/]+/g, '[^/]+')}$`).test(asked),
  )
  if (route) assert.ok(statusesOf(route).includes(status), `${titleOf(route)} says nothing of ${status}`)
}

/** What the console's sessions do: whose session it is, and what that person is now. */
async function findSignedIn({ db }: Store, cookie = ''): Promise<Caller | undefined> {
  const email = /^person=(.+)$/.exec(cookie)?.[1]
  if (email === undefined) return undefined
  const memberships: Membership[] = []
  for (const teamspace of await teamspaceRepository(db).list()) {
    const member = await memberRepository(db, teamspace.id).findByEmail(email)
    if (member) memberships.push({ teamspace, member })
  }
  return { kind: 'person', name: email, accountId: `account of ${email}`, memberships }
}

type Must = (method: string, path: string, body?: unknown) => Promise<any>

/** What a teamspace owns, each by the part of the path that an id of it comes after. */
export interface Owned {
  readonly slug: string
  readonly id: string
  readonly ids: Readonly<Record<string, string>>
  /** Of another member than the one in `ids`. */
  readonly email: string
}

async function fill(store: Store, must: Must, { slug, number }: { slug: string; number: number }): Promise<Owned> {
  const { id } = await must('POST', '/teamspaces', { slug, name: slug })
  const at = `/teamspaces/${slug}`
  const audience = guid('b', number + 100)
  await must('PUT', `${at}/connections/entra`, { kind: 'entra', tenantId: guid('a', number + 100), audience })
  await must('PUT', `${at}/connections/oidc`, { kind: 'oidc', issuer: `https://id.${slug}.example`, audience: slug })
  await must('PUT', `${at}/connections/kubernetes`, { kind: 'kubernetes', cluster: 'production' })
  for (const [index, role] of ROLES.entries()) {
    const person = { email: `${role}@${slug}.example`, objectId: guid('c', number * 10 + index), role }
    await must('POST', `${at}/members`, person)
  }
  const email = `other@${slug}.example`
  await must('POST', `${at}/members`, { email, subject: 'other' })
  const { member } = await must('POST', `${at}/members`, { email: `somebody@${slug}.example`, subject: 'somebody' })
  const mcpToken = await must('POST', `${at}/mcp-tokens`, { name: slug })
  const scimToken = await must('POST', `${at}/scim-tokens`, { name: slug })
  await must('PUT', `${at}/policy`, { default: 'deny', rules: [{ name: 'reads', effect: 'allow', classes: ['read'] }] })
  await serverToolRepository(store.db, id).write(
    'findings',
    new Map([['list', { class: 'read' as const, title: 'List' }]]),
    Date.now(),
  )
  const requestId = nextAuditId(Date.now())
  const call = { requestId, at: Date.now(), teamspaceId: id, server: 'findings', status: 403, durationMs: 1 }
  const refused = fromCall({ ...call, decision: 'denied', rule: 'call_forbidden', step: 'authorize' })
  await store.transaction((tx) => auditChainOf(store).append(tx.db, [refused]))
  await must('PUT', `${at}/group-sync`, {
    clientId: guid('f', number),
    groupId: guid('f', number + 10),
    schedule: false,
  })
  const run = { id: guid('e', number), teamspace_id: id, cause: 'request', actor: 'x', outcome: 'held' } as const
  const counts = { members: 2, added: 0, revoked: 0, kept: 0, skipped: 0, held: 1 }
  const times = { started_at: 1, ended_at: 2, failure: null, says: null, held_set: slug }
  await store.db
    .insertInto('group_sync_run')
    .values({ ...run, ...counts, ...times })
    .execute()
  await store.db.updateTable('group_sync').set({ held_set: slug }).where('teamspace_id', '=', id).execute()
  const developer = (await memberRepository(store.db, id).findByEmail(`developer@${slug}.example`))!
  await identityRepository(store.db, id).addSources([{ identityId: developer.identityId, source: 'group_sync' }])
  await runRepository(store.db, id).addHeld(slug, [developer.identityId])
  const ids = {
    runs: run.id,
    members: member.id,
    'mcp-tokens': mcpToken.id,
    'scim-tokens': scimToken.id,
    decisions: requestId,
  }
  return { slug, id, ids, email }
}

export const titleOf = ({ method, path }: Pick<ServedRoute, 'method' | 'path'>): string =>
  `${method.toUpperCase()} ${path}`

/** The route's path in one teamspace, with what another one owns. A parameter that nobody filled in fails the test. */
export function pathFor(route: ServedRoute, slug: string, owned: Owned): string {
  const segments = route.path.split('/').map((segment, index, all) => {
    if (!segment.startsWith(':')) return segment
    if (segment === ':slug') return slug
    const collection = all[index - 1]!
    return owned.ids[collection] ?? assert.fail(`${titleOf(route)}: let fill() make something of ${collection}`)
  })
  const query = new URLSearchParams(route.exampleQuery)
  if (query.has('email')) query.set('email', owned.email)
  return query.size > 0 ? `${segments.join('/')}?${query}` : segments.join('/')
}

/** A body that the route takes; one that a route does not have is an example that its author has not given. */
export function bodyFor(route: ServedRoute): unknown {
  const needsBody = route.body !== undefined || route.takes !== undefined
  if (needsBody && route.example === undefined) assert.fail(`${titleOf(route)}: declare an example of its body`)
  return route.example
}

/** Every row of every table, so that whatever changes is seen. */
export async function dump({ db }: Store): Promise<string[]> {
  const rows: string[] = []
  for (const { name } of await db.introspection.getTables()) {
    const all = await db
      .selectFrom(name as 'teamspace')
      .selectAll()
      .execute()
    rows.push(...all.map((row) => `${name} ${JSON.stringify(row)}`))
  }
  return rows.sort()
}
