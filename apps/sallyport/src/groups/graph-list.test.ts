import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { CHLOE } from '../../../../test/support/entra-groups.ts'
import { listGroups } from './graph-list.ts'
import type { Listed } from './graph-list.ts'

const ID = 'aaaaaaaa-0002-4000-8000-000000000001'
const ids = (from: number, count: number) =>
  Array.from({ length: count }, (_, n) => ({ id: `cccccccc-0000-4000-8000-${String(from + n).padStart(12, '0')}` }))

interface Asked {
  /** Which page it is, from 1. */
  readonly page: number
  readonly url: URL
  readonly origin: string
}

/** A Graph that answers what a test tells it to; every request to it, wherever it led, counts. */
async function graphThat(t: TestContext, answer: (asked: Asked, response: ServerResponse) => unknown) {
  const paths: string[] = []
  let origin = ''
  const server = createServer((request: IncomingMessage, response) => {
    paths.push(request.url!)
    const body = answer({ page: paths.length, url: new URL(request.url!, origin), origin }, response)
    if (body !== undefined) response.end(typeof body === 'string' ? body : JSON.stringify(body))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.after(() => (server.closeAllConnections(), server.close()))
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const deadline = AbortSignal.timeout(8_000)
  const list = (): Promise<Listed> =>
    listGroups({ graph: `${origin}/graph`, kind: 'users', objectId: CHLOE.oid }, { fetch, accessToken: 'x', deadline })
  return { list, paths, origin }
}

const hintOf = (listed: Listed): string => ('fault' in listed ? listed.fault.message : JSON.stringify(listed))
const sizeOf = (listed: Listed) =>
  'answer' in listed && listed.answer !== 'unknown' ? listed.answer.size : 'answer' in listed ? 'unknown' : 'fault'

test('M-21 pages are followed to the end, and ids are compared in lower case', async (t) => {
  const graph = await graphThat(t, ({ page, url, origin }) => {
    if (page === 3) return { value: [{ id: ID.toUpperCase() }, { id: ID }] }
    url.searchParams.set('$skiptoken', String(page))
    return { value: page === 1 ? ids(0, 999) : [], '@odata.nextLink': origin + url.pathname + url.search }
  })
  const listed = await graph.list()
  assert.ok('answer' in listed && listed.answer !== 'unknown')
  assert.equal(listed.answer.size, 1_000)
  assert.ok(listed.answer.has(ID))
  assert.equal(graph.paths.length, 3)
})

const STRAY: [string, (origin: string) => string][] = [
  ['another machine', () => 'https://graph.evil.example/graph/v1.0/users'],
  ['another port', (origin) => `${origin.replace(/\d+$/, '9')}/graph/v1.0/users`],
  ['another scheme', (origin) => origin.replace('http:', 'https:') + '/graph/v1.0/users'],
  ['the machine as a user name', (origin) => `${origin}@graph.evil.example/graph/v1.0/users`],
  ['a user name', (origin) => origin.replace('//', '//user:word@') + '/graph/v1.0/users'],
  ['another version', (origin) => `${origin}/graph/beta/users`],
  ['another path', (origin) => `${origin}/`],
  ['a path that climbs out', (origin) => `${origin}/graph/v1.0/../../admin`],
  ['a path that climbs out in disguise', (origin) => `${origin}/graph/v1.0/%2e%2e/%2E%2E/admin`],
  ['no address', () => '/graph/v1.0/users'],
  ['nothing', () => ''],
  ['a very long address', (origin) => `${origin}/graph/v1.0/users?x=${'x'.repeat(9_000)}`],
]
for (const [what, link] of STRAY)
  test(`M-21 a next page that is ${what} is not asked for: a fault, and no part of the groups`, async (t) => {
    const graph = await graphThat(t, ({ origin }) => ({ value: ids(0, 3), '@odata.nextLink': link(origin) }))
    assert.match(hintOf(await graph.list()), /names a next page that is not its own/)
    assert.equal(graph.paths.length, 1)
  })

test('pages that lead in a circle are a fault', async (t) => {
  const graph = await graphThat(t, ({ page, origin }) => ({
    value: ids(0, 1),
    '@odata.nextLink': `${origin}/graph/v1.0/users?$skiptoken=${page % 3}`,
  }))
  assert.match(hintOf(await graph.list()), /circle/)
  assert.ok(graph.paths.length <= 4)
})

test('M-23 pages without end end after twelve, and what they hold is not all: unknown', async (t) => {
  const graph = await graphThat(t, ({ page, origin }) => ({
    value: ids(0, 1),
    '@odata.nextLink': `${origin}/graph/v1.0/users?$skiptoken=${page}`,
  }))
  assert.equal(sizeOf(await graph.list()), 'unknown')
  assert.equal(graph.paths.length, 12)
})

test('M-21 up to 11,000 groups are known; of more, it is not known which', async (t) => {
  for (const [count, expected] of [
    [11_000, 11_000],
    [11_001, 'unknown'],
  ] as const) {
    const graph = await graphThat(t, ({ page, origin }) => {
      const from = (page - 1) * 999
      const more = from + 999 < count && { '@odata.nextLink': `${origin}/graph/v1.0/users?$skiptoken=${page}` }
      return { value: ids(from, Math.min(999, count - from)), ...more }
    })
    assert.equal(sizeOf(await graph.list()), expected)
  }
})

const SHAPES: [string, unknown][] = [
  ['no value', { error: { code: 'x' } }],
  ['null', 'null'],
  ['a list', [{ id: ID }]],
  ['a value that is no list', { value: { id: ID } }],
  ['a row without id', { value: [{ id: ID }, {}] }],
  ['a row that is null', { value: [null] }],
  ['an id that is no GUID', { value: [{ id: 'Domain Admins' }] }],
  ['more rows than a page has', { value: ids(0, 1_001) }],
  ['a next page that is no text', { value: [{ id: ID }], '@odata.nextLink': 7 }],
  ['no JSON', '<html>'],
  ['nothing', ''],
  ['more than a page can be', JSON.stringify({ value: [], padding: 'x'.repeat(1024 * 1024) })],
]
for (const [what, body] of SHAPES)
  test(`M-23 an answer with ${what} is a fault, never no groups`, async (t) => {
    const graph = await graphThat(t, () => body)
    assert.match(hintOf(await graph.list()), /no usable answer/)
  })

test('a redirect is not followed: the token goes to Graph alone', async (t) => {
  const graph = await graphThat(t, ({ origin }, response) => {
    response.writeHead(302, { location: `${origin}/elsewhere` })
    return ''
  })
  assert.match(hintOf(await graph.list()), /failing/)
  assert.equal(graph.paths.length, 1)
})

test('M-23 a page that fails takes the ones before it along', async (t) => {
  const graph = await graphThat(t, ({ page, origin }, response) => {
    if (page === 1) return { value: ids(0, 3), '@odata.nextLink': `${origin}/graph/v1.0/users?$skiptoken=2` }
    response.writeHead(503)
    return ''
  })
  assert.match(hintOf(await graph.list()), /failing/)
})

test('only Graph’s own word for nobody is nobody: a 404 of anything else is a fault', async (t) => {
  for (const [code, expected] of [
    ['Request_ResourceNotFound', 'unknown'],
    ['ResourceNotFound', 'fault'],
  ] as const) {
    const graph = await graphThat(t, (_asked, response) => {
      response.writeHead(404)
      return { error: { code, message: 'secret words' } }
    })
    assert.equal(sizeOf(await graph.list()), expected)
  }
})

test('M-23 a Graph that does not answer holds nobody for long: a fault after five seconds', async (t) => {
  const graph = await graphThat(t, () => undefined)
  const startedAt = performance.now()
  assert.match(hintOf(await graph.list()), /no usable answer/)
  const seconds = (performance.now() - startedAt) / 1000
  assert.ok(seconds > 4 && seconds < 7, String(seconds))
})
