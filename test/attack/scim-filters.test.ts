import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import type { ResourceDocument } from '../../apps/sallyport/src/provisioning/scim/document/document.ts'
import { readDocument } from '../../apps/sallyport/src/provisioning/scim/document/read-document.ts'
import { scimUserRepository } from '../../apps/sallyport/src/provisioning/scim/scim-user-repository.ts'
import { USER_TYPE } from '../../apps/sallyport/src/provisioning/scim/schema/user-schema.ts'
import type { Store } from '../../apps/sallyport/src/store/store.ts'
import { freshFile } from '../support/each-store.ts'
import { ACME, GLOBEX, startGate } from '../support/gate.ts'
import { freshDatabase } from '../support/postgres.ts'
import { PATCH, USER, scimClient } from '../support/scim-client.ts'

async function open(t: TestContext, fresh: typeof freshDatabase) {
  const { url, drop } = await fresh()
  const gate = await startGate({ database: url })
  t.after(async () => {
    await gate.close()
    await drop()
  })
  const scim = await scimClient(gate, ACME.slug)
  const { body: ada } = await scim.post('/Users', {
    userName: 'ada',
    externalId: 'ada-1',
    displayName: "Ada 50%_O'Hara",
    emails: [{ type: 'work', value: 'ada@acme.example' }],
  })
  const { body: bob } = await scim.post('/Users', { userName: 'bob', displayName: 'Bob' })
  return { gate, scim, ada, bob }
}

/** Names that are none of the schema’s, whatever else they may mean on the way to the database. */
const NO_ATTRIBUTES = [
  '__proto__',
  'constructor',
  'constructor.name',
  'toString',
  'hasOwnProperty',
  'emails.__proto__',
  'name.constructor',
  `${USER}:__proto__`,
  'search',
  'document',
  'scim_user.id',
  'teamspace_id',
  'teamspaceId',
  'identity_id',
  'password',
  '$.userName',
  'emails[0].value',
  'userName--',
  'rowid',
  'userName.userName',
  'members',
]

/** Filters that would be more than a filter, if any of it were pasted. */
const INJECTED = [
  'userName" eq "x" or "1',
  "userName eq 'ada' or '1'='1'",
  'userName eq "x"; drop table scim_user; --',
  'userName eq "x") or (1=1',
  'userName eq "x" or 1=1',
  'userName/**/eq "x"',
  'userName eq "x" union select token_hash from scim_token',
  'emails[type eq "work"]; select 1',
  'emails[1=1]',
  '(select 1) eq "1"',
  'userName eq $1',
  'userName eq ?',
  'userName eq "x" order by 1',
  'userName like "%"',
]

const FROM_VALUES = [
  "' or '1'='1",
  '" or "1"="1',
  "x'; drop table scim_user; --",
  '%',
  '_da',
  '\\',
  '$1',
  ':x',
  '*',
  '{"$ne":null}',
  '__proto__',
]

for (const [engine, fresh] of [
  ['SQLite', freshFile],
  ['Postgres', freshDatabase],
] as const) {
  test(`injection: neither names nor values of a filter reach the database as anything else (${engine})`, async (t) => {
    const { scim } = await open(t, fresh)
    for (const filter of [...NO_ATTRIBUTES.flatMap((name) => [`${name} eq "x"`, `${name} pr`]), ...INJECTED]) {
      const refused = await scim.list('/Users', filter)
      assert.deepEqual([refused.status, refused.body.scimType], [400, 'invalidFilter'], filter)
      assert.ok(!JSON.stringify(refused.body).includes('drop table'), 'what was sent is not said again')
    }
    for (const value of FROM_VALUES) {
      for (const operator of ['eq', 'sw', 'ew']) {
        for (const path of ['userName', 'displayName', 'emails.value', 'externalId', 'id', 'groups.value']) {
          const found = await scim.list('/Users', `${path} ${operator} ${JSON.stringify(value)}`)
          assert.deepEqual([found.status, found.body.totalResults], [200, 0], `${path} ${operator} ${value}`)
        }
      }
    }
    const literal = async (value: string) =>
      (await scim.list('/Users', `displayName co ${JSON.stringify(value)}`)).body.totalResults
    assert.deepEqual([await literal('50%_o'), await literal("O'Hara"), await literal('5_%')], [1, 1, 0])
    for (const value of ['"\\u0000"', '"a\\u0000b"', '"\\ud800"', '"\\udc00x"']) {
      assert.equal((await scim.list('/Users', `userName eq ${value}`)).status, 400, value)
      assert.equal((await scim.list('/Users', `emails[value eq ${value}].type eq "x"`)).status, 400, value)
    }
    assert.equal((await scim.get('/Users')).body.totalResults, 2, 'everybody is still there')
  })

  test(`another teamspace is behind no filter, however it asks (${engine})`, async (t) => {
    const { gate, scim, ada } = await open(t, fresh)
    const group = await scim.post('/Groups', { displayName: 'Staff', members: [{ value: ada.id }] })
    const other = await scimClient(gate, GLOBEX.slug)
    for (const filter of [
      `id eq "${ada.id}"`,
      'userName eq "ada" or userName pr',
      'not (userName eq "nobody")',
      'userName ne "x" or not (active eq true)',
      `groups.value eq "${group.body.id}"`,
      `groups[value eq "${group.body.id}" or display sw ""]`,
      'emails[type eq "work" or not (type eq "work")]',
      'meta.created gt "1970-01-01T00:00:00Z"',
    ]) {
      const found = await other.list('/Users', filter)
      assert.deepEqual([found.status, found.body.totalResults], [200, 0], filter)
    }
    for (const filter of [`members eq "${ada.id}"`, 'not (displayName eq "x")', 'members pr']) {
      assert.equal((await other.list('/Groups', filter)).body.totalResults, 0, filter)
    }
  })
}

test('depth and length: what goes beyond the bounds is refused before it is understood', async (t) => {
  const { scim } = await open(t, freshFile)
  const one = 'userName eq "a"'
  const nested = (depth: number, before = '(') => `${before.repeat(depth)}${one}${')'.repeat(depth)}`
  const joined = (count: number, word: string) => Array(count).fill('title pr').join(` ${word} `)
  const cases: [string, number][] = [
    [nested(9), 200],
    [nested(10), 400],
    [nested(900), 400],
    [nested(9, 'not ('), 200],
    [nested(300, 'not ('), 400],
    ['('.repeat(1_999), 400],
    [`emails${'[type eq "x" and emails'.repeat(50)}`, 400],
    [`emails[${nested(8).replaceAll('userName', 'value')}]`, 200],
    [`emails[${nested(9).replaceAll('userName', 'value')}]`, 400],
    [joined(30, 'or'), 200],
    [joined(31, 'or'), 400],
    [joined(31, 'and'), 400],
    [`emails[${Array(31).fill('type pr').join(' or ')}]`, 400],
    [`userName eq "${'a'.repeat(1_986)}"`, 200],
    [`userName eq "${'a'.repeat(1_987)}"`, 400],
    [`userName eq "${'\\"'.repeat(900)}"`, 200],
    [`userName eq "${'\\'.repeat(1_001)}"`, 400],
    [`${'a'.repeat(1_900)} pr`, 400],
    [`${'a.'.repeat(900)}a pr`, 400],
  ]
  for (const [filter, status] of cases) {
    const begun = performance.now()
    const answer = await scim.list('/Users', filter)
    assert.equal(answer.status, status, filter.slice(0, 100))
    assert.ok(performance.now() - begun < 1_000, filter.slice(0, 100))
  }
  const long = await scim.get(`/Users?filter=${'a'.repeat(70_000)}`).catch(() => undefined)
  assert.ok(long === undefined || long.status === 431 || long.status === 400)
})

test('lists: a thousand values are neither compared nor written, and operations have an end', async (t) => {
  const { scim, ada } = await open(t, freshFile)
  const path = `/Users/${ada.id}`
  const emails = Array.from({ length: 101 }, (_, index) => ({ value: `${index}@acme.example` }))
  const operation = { op: 'add', path: 'emails', value: emails }
  assert.equal((await scim.patch(path, [operation])).status, 400)
  const many = Array(1_001).fill({ op: 'replace', path: 'title', value: 'x' })
  assert.equal((await scim.patch(path, many)).status, 400)
  const members = Array.from({ length: 20_001 }, () => ({ value: randomUUID() }))
  assert.equal((await scim.post('/Groups', { displayName: 'Many', members })).status, 400)
  const found = await scim.list('/Users', Array(30).fill(`id eq "${ada.id}"`).join(' or '))
  assert.equal(found.body.totalResults, 1, 'thirty times the same is found once')
})

test('paths of operations and names of attributes reach no prototype', async (t) => {
  const { scim, ada } = await open(t, freshFile)
  const path = `/Users/${ada.id}`
  const refused = [
    ...NO_ATTRIBUTES.filter((name) => name !== 'password' && name !== 'members').map((name) => ({
      path: name,
      value: 'x',
    })),
    { path: 'emails[__proto__ eq "x"].value', value: 'x' },
    { path: 'emails[constructor.prototype pr].value', value: 'x' },
    { path: 'emails[type eq "work"].__proto__', value: 'x' },
    { path: `emails[${'('.repeat(200)}type eq "work"${')'.repeat(200)}].value`, value: 'x' },
    { path: `emails[${Array(31).fill('type pr').join(' or ')}].value`, value: 'x' },
    { path: 'emails[value eq "\' or 1=1 --"; drop].value', value: 'x' },
  ]
  for (const { path: where, value } of refused) {
    for (const op of ['add', 'replace', 'remove']) {
      const answer = await scim.patch(path, [{ op, path: where, value }])
      assert.equal(answer.status, 400, `${op} ${where}`)
    }
  }
  for (const names of [
    '__proto__',
    'constructor.prototype',
    'toString,valueOf',
    'emails.__proto__',
    'name.constructor',
  ]) {
    for (const parameter of ['attributes', 'excludedAttributes']) {
      const answer = await scim.get(`${path}?${parameter}=${names}`)
      assert.deepEqual([answer.status, answer.body.id], [200, ada.id], `${parameter}=${names}`)
    }
  }
  const raw = `{"schemas":["${PATCH}"],"Operations":[{"op":"add","path":"name","value":{"__proto__":{"polluted":1},"givenName":"G"}}]}`
  const patched = await scim.send('PATCH', path, raw)
  assert.deepEqual([patched.status, patched.body.name], [200, { givenName: 'G' }])
  assert.equal(({} as { polluted?: unknown }).polluted, undefined)
})

test('the most expensive filter over thousands of users stops nobody else’s calls on SQLite, and finds what it should', async (t) => {
  const { gate, scim } = await open(t, freshFile)
  const people = 3_000
  await insertPeople(gate.sallyport.store, people)
  const costly = Array(30).fill('not (emails.value ew "zz")').join(' and ')
  let longest = 0
  let last = performance.now()
  const timer = setInterval(() => {
    longest = Math.max(longest, performance.now() - last)
    last = performance.now()
  }, 1)
  t.after(() => clearInterval(timer))
  const begun = performance.now()
  const [found, health] = [scim.list('/Users', costly), fetch(`${gate.adminUrl}/healthz`)]
  await health.then((answer) => answer.body?.cancel())
  const answered = performance.now() - begun
  const { body } = await found
  const took = performance.now() - begun
  clearInterval(timer)
  t.diagnostic(`${Math.round(took)} ms, others waited ${Math.round(longest)} ms at most`)
  assert.equal(body.totalResults, people + 2)
  assert.ok(answered < took / 2 && longest < Math.max(took / 3, 100), `${answered} ms, ${longest} ms of ${took} ms`)

  const seen = new Set<string>()
  for (let startIndex = 1; startIndex < people; startIndex += 200) {
    const page = (
      await scim.get(
        `/Users?startIndex=${startIndex}&count=200&filter=${encodeURIComponent('emails.value ew "5@acme.example"')}`,
      )
    ).body
    assert.equal(page.totalResults, people / 10)
    page.Resources.forEach(({ id }: { id: string }) => seen.add(id))
  }
  assert.equal(seen.size, people / 10, 'each is on one page, also where many were made at the same time')
})

/** Many at the same time, so that stretches end between two that only their ids tell apart. */
async function insertPeople(store: Store, people: number): Promise<void> {
  const teamspace = await store.db
    .selectFrom('teamspace')
    .select('id')
    .where('slug', '=', ACME.slug)
    .executeTakeFirstOrThrow()
  await store.transaction(async ({ db }) => {
    const users = scimUserRepository(db, store.engine, teamspace.id)
    for (let number = 0; number < people; number++) {
      const values = Array.from({ length: 10 }, (_, index) => ({
        type: `t${index}`,
        value: `${index}.${number}@acme.example`,
      }))
      const document = readDocument(USER_TYPE, { userName: `p${number}`, emails: values }) as ResourceDocument
      const fixed = { connectionKind: 'entra', identityId: null, status: 'no_connection', version: 1 } as const
      const at = Math.floor(number / 350)
      await users.insert({ ...fixed, id: randomUUID(), document, createdAt: at, modifiedAt: at })
    }
  })
}
