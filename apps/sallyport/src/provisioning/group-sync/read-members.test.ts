import assert from 'node:assert/strict'
import { test } from 'node:test'
import { failure, isFailure } from './group-sync.ts'
import type { GraphUser } from './member-page.ts'
import { MAX_WAIT_SECONDS, readMembers } from './read-members.ts'

const GROUP = 'aaaaaaaa-0000-4000-8000-000000000001'
const GRAPH = 'https://graph.example/sub'
const FIRST = `${GRAPH}/v1.0/groups/${GROUP}/members/microsoft.graph.user`
const personId = (number: number) => `ffffffff-0000-4000-8000-${String(number).padStart(12, '0')}`

const user = (number: number, change: object = {}) => {
  const name = `p${number}@acme.example`
  return {
    id: personId(number),
    mail: name,
    userPrincipalName: name,
    displayName: 'P',
    accountEnabled: null,
    ...change,
  }
}

interface Answer {
  readonly status?: number
  readonly body?: unknown
  readonly headers?: Record<string, string>
}

/** Reads the group from these answers, one a request. */
async function read(answers: readonly (Answer | Error)[], { lost = () => undefined as never } = {}) {
  const asked: { url: string; authorization: string | null }[] = []
  const waited: number[] = []
  const taken: string[] = []
  const fetcher = async (input: string | URL | Request, init?: RequestInit) => {
    const answer = answers[asked.length] ?? new Error('asked too often')
    asked.push({ url: String(input), authorization: new Headers(init?.headers).get('authorization') })
    assert.equal(init?.redirect, 'manual')
    if (answer instanceof Error) throw answer
    const { status = 200, body, headers = {} } = answer
    return new Response(typeof body === 'string' ? body : JSON.stringify(body), { status, headers })
  }
  const group = { graph: GRAPH, clientId: GROUP, groupId: GROUP, members: 'direct' as const }
  const result = await readMembers(group, {
    fetch: fetcher as typeof fetch,
    accessToken: 'secret',
    now: () => Date.parse('2030-01-01T00:00:00Z'),
    signal: new AbortController().signal,
    stillOurs: async () => lost(),
    take: async (users: readonly GraphUser[]) => void taken.push(...users.map(({ id }) => id)),
    pause: async (ms) => void waited.push(ms),
  })
  return { asked, waited, taken, result, code: isFailure(result) ? result.failed : 'ok' }
}

const page = (users: readonly unknown[], next?: string, count?: number): Answer => ({
  body: {
    value: users,
    ...(next && { '@odata.nextLink': next }),
    ...(count !== undefined && { '@odata.count': count }),
  },
})

test('S2E-08 the next page is asked for at Graph itself and nowhere else, so that the token stays there', async () => {
  const elsewhere = [
    'https://evil.example/sub/v1.0/x',
    'http://graph.example/sub/v1.0/x',
    'https://graph.example:444/sub/v1.0/x',
    'https://graph.example/other/v1.0/x',
    'https://graph.example/sub/v1.0/../../x',
    'https://user@graph.example/sub/v1.0/x',
    'https://graph.example.evil/sub/v1.0/x',
    '/sub/v1.0/x',
    `${FIRST}?${'x'.repeat(9_000)}`,
  ]
  for (const next of elsewhere) {
    const { asked, code } = await read([page([user(1)], next)])
    assert.deepEqual([asked.length, code], [1, 'graph_unavailable'], next)
  }
  const { asked, code } = await read([page([user(1)], `${FIRST}?$skiptoken=2`), page([user(2)])])
  assert.deepEqual([asked.length, asked[1]?.url, code], [2, `${FIRST}?$skiptoken=2`, 'ok'])
})

test('S2E-08 pages that lead in a circle, or never end, end the reading', async () => {
  const circle = page([user(1)], `${FIRST}?$skiptoken=1`)
  assert.equal((await read([circle, circle, circle])).code, 'graph_unavailable')
  const endless = Array.from({ length: 2_001 }, (_, number) => page([user(number)], `${FIRST}?$skiptoken=${number}`))
  const { asked, code } = await read(endless)
  assert.deepEqual([asked.length, code], [2_000, 'graph_unavailable'])
})

test('S2E-08 a page that is not wholly understood is not used', async () => {
  const strange: unknown[] = [
    'no json',
    {},
    { value: 'x' },
    { value: [user(1), null] },
    { value: [user(1, { id: 'nobody' })] },
    { value: [user(1, { id: undefined })] },
    { value: [user(1, { mail: 7 })] },
    { value: [user(1, { accountEnabled: 'no' })] },
    { value: [user(1)], '@odata.nextLink': 7 },
    { value: Array.from({ length: 1_001 }, (_, number) => user(number)) },
    { value: [user(1, { displayName: 'x'.repeat(2 * 1024 * 1024) })] },
  ]
  for (const body of strange) {
    const { taken, code } = await read([{ body }])
    assert.deepEqual([taken.length, code], [0, 'graph_unavailable'], JSON.stringify(body).slice(0, 80))
  }
})

test('S2E-07 Graph is waited for as long as it asks, in seconds or by a date, but not for ever', async () => {
  const wait = (status: number, retryAfter?: string): Answer => ({
    status,
    body: {},
    headers: retryAfter === undefined ? {} : { 'retry-after': retryAfter },
  })
  const patient = await read([wait(429, '7'), wait(503, 'Tue, 01 Jan 2030 00:00:09 GMT'), wait(503), page([user(1)])])
  assert.deepEqual([patient.code, patient.waited], ['ok', [7_000, 9_000, 8_000]])
  const long = await read([wait(429, String(MAX_WAIT_SECONDS + 1)), page([user(1)])])
  assert.deepEqual([long.code, long.waited], ['throttled', []])
  const always = await read(Array.from({ length: 9 }, () => wait(429, '1')))
  assert.deepEqual([always.code, always.asked.length], ['throttled', 5])
  assert.equal((await read([wait(500), page([user(1)])])).code, 'graph_unavailable')
  assert.equal((await read([new Error('ECONNRESET'), page([user(1)])])).code, 'graph_unavailable')
})

test('S2E-08 fewer people than Graph announced are a doubtful reading; people who come twice count once', async () => {
  const whole = await read([page([user(1), user(2)], `${FIRST}?p=2`, 3), page([user(2), user(3)])])
  assert.deepEqual(whole.taken, [1, 2, 3].map(personId))
  assert.ok(!isFailure(whole.result) && !whole.result.isShort)
  const short = await read([page([user(1), user(2)], undefined, 3)])
  assert.ok(!isFailure(short.result) && short.result.isShort)
})

test('S2E-08 a group of more than 100,000 is refused before anybody of it is taken', async () => {
  const { taken, code } = await read([page([user(1)], undefined, 100_001)])
  assert.deepEqual([taken.length, code], [0, 'group_too_large'])
})

test('S2E-10 a run that lost its turn asks Graph nothing more', async () => {
  let asks = 0
  const lost = () => (asks++ === 0 ? undefined : failure('turn_lost', 'gone')) as never
  const { asked, code } = await read([page([user(1)], `${FIRST}?p=2`), page([user(2)])], { lost })
  assert.deepEqual([asked.length, code], [1, 'turn_lost'])
})
