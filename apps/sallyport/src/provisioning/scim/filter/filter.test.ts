import assert from 'node:assert/strict'
import { test } from 'node:test'
import { forEachStore } from '../../../../../../test/support/each-store.ts'
import { aTeamspace } from '../../../teamspaces/acme.fixture.ts'
import type { ResourceDocument } from '../document/document.ts'
import { readDocument } from '../document/read-document.ts'
import { isScimDenial } from '../scim-error.ts'
import { scimUserRepository } from '../scim-user-repository.ts'
import type { ScimUser } from '../scim-user.ts'
import { GROUP_TYPE } from '../schema/group-schema.ts'
import { USER_TYPE } from '../schema/user-schema.ts'
import { parseFilter } from './parse-filter.ts'

const accepts = (text: string, type = USER_TYPE) => !isScimDenial(parseFilter(type, text))

test('B-02 c the grammar of RFC 7644 §3.4.2.2, in any case, with Entra’s path behind brackets', () => {
  for (const text of [
    'userName eq "bjensen"',
    'USERNAME EQ "bjensen"',
    'name.familyName co "O\'Malley"',
    'urn:ietf:params:scim:schemas:core:2.0:User:userName sw "J"',
    'title pr',
    'title pr and userType eq "Employee"',
    'title pr or userType eq "Intern"',
    'meta.lastModified gt "2011-05-13T04:42:34Z"',
    'userType eq "Employee" and (emails co "example.com" or emails.value co "example.org")',
    'userType ne "Employee" and not (emails co "example.com" or emails.value co "example.org")',
    'userType eq "Employee" and (emails.type eq "work")',
    'userType eq "Employee" and emails[type eq "work" and value co "@example.com"]',
    'emails[type eq "work" and value co "@example.com"] or ims[type eq "xmpp" and value co "@foo.com"]',
    'emails[type eq "work"].value eq "ada@acme.example"',
    'active eq true',
    'active eq "True"',
    'manager eq null'.replace('manager', 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager'),
    'displayName eq "\\u00e9\\"("',
    'name pr',
    '((userName pr))',
  ]) {
    assert.ok(accepts(text), text)
  }
  assert.ok(accepts('members[value eq "x"] or members eq "x" and displayName eq "y"', GROUP_TYPE))
})

test('an invalid filter is refused, never half understood', () => {
  for (const text of [
    '',
    ' ',
    'userName',
    'userName eq',
    'userName eq bjensen',
    'userName eq "x',
    'userName eq "\\x"',
    'userName eq "\\u0000"',
    'userName eq "\\ud800"',
    'userName eq 1',
    'userName is "x"',
    'userName eq "x" and',
    'userName eq "x" userName eq "y"',
    'and userName eq "x"',
    '(userName eq "x"',
    'userName eq "x")',
    'not userName eq "x"',
    'unheardOf eq "x"',
    'name eq "x"',
    'name.unheardOf eq "x"',
    '__proto__ pr',
    'constructor.name eq "Object"',
    'userName[value eq "x"]',
    'emails[unheardOf eq "x"]',
    'emails[type eq "work"',
    'emails[type eq "work"].unheardOf eq "x"',
    'active gt true',
    'active eq "maybe"',
    'userName gt null',
    'meta.created eq "yesterday"',
    'meta.created co "2011"',
    'userName eq "x"; drop table scim_user',
    "userName eq 'x'",
    'userName eq "' + 'x'.repeat(3_000) + '"',
    '('.repeat(11) + 'title pr' + ')'.repeat(11),
    Array.from({ length: 31 }, () => 'title pr').join(' or '),
  ]) {
    const refused = parseFilter(USER_TYPE, text)
    assert.ok(isScimDenial(refused), text)
    assert.deepEqual([refused.scimError.status, refused.scimError.scimType], [400, 'invalidFilter'], text)
  }
})

/** The same numbers on every run. */
function random(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 2 ** 32
  }
}

const TEXTS = ['ada', 'Ada', 'ADA B', 'é', 'É', 'ß%_', '100%', "o'x", '"q"', 'zeta', 'İ', '😀a', 'work', 'home', '\\']
const ENTERPRISE = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User'
const PLAIN = [
  'userName',
  'externalId',
  'title',
  'displayName',
  'name.familyName',
  'name.givenName',
  `${ENTERPRISE}:department`,
]
const LISTS = ['emails', 'phoneNumbers']
const OPS = ['eq', 'ne', 'co', 'sw', 'ew', 'gt', 'ge', 'lt', 'le']

type Pick = <Item>(items: readonly Item[]) => Item

function aDocument(pick: Pick, index: number, chance: (of: number) => boolean): object {
  const list = () =>
    Array.from({ length: pick([0, 1, 2]) }, () => ({
      value: pick(TEXTS),
      ...(chance(0.7) && { type: pick(['work', 'home']) }),
      ...(chance(0.3) && { primary: true }),
    }))
  return {
    userName: `${pick(TEXTS)}${index}`,
    ...(chance(0.5) && { externalId: `${pick(TEXTS)}${index}` }),
    ...(chance(0.6) && { title: pick(TEXTS) }),
    ...(chance(0.6) && { displayName: pick(TEXTS) }),
    ...(chance(0.6) && { name: { familyName: pick(TEXTS), ...(chance(0.5) && { givenName: pick(TEXTS) }) } }),
    active: chance(0.5),
    emails: list(),
    phoneNumbers: list(),
    [ENTERPRISE]: { ...(chance(0.5) && { department: pick(TEXTS) }) },
  }
}

/** A filter as text, and what it means, said a second time and in the plainest way. */
interface Meant {
  readonly text: string
  readonly holds: (document: any) => boolean
}

const bare = (text: string) => text.normalize('NFC').toLowerCase()

function compared(op: string, found: string | undefined, operand: string, isExact: boolean): boolean {
  if (found === undefined) return op === 'ne'
  const [a, b] = isExact ? [found, operand] : [bare(found), bare(operand)]
  const order = Buffer.compare(Buffer.from(a), Buffer.from(b))
  const all: Record<string, boolean> = {
    eq: a === b,
    ne: a !== b,
    co: a.includes(b),
    sw: a.startsWith(b),
    ew: a.endsWith(b),
    gt: order > 0,
    ge: order >= 0,
    lt: order < 0,
    le: order <= 0,
  }
  return all[op]!
}

function read(document: any, path: string): string | undefined {
  if (path.startsWith(ENTERPRISE)) return document[ENTERPRISE]?.department
  const [name = '', sub] = path.split('.')
  return sub === undefined ? document[name] : document[name]?.[sub]
}

function aFilter(pick: Pick, chance: (of: number) => boolean, depth = 0): Meant {
  const quoted = (text: string) => JSON.stringify(text)
  const kind = depth > 3 ? pick([0, 1, 2, 3, 4]) : pick([0, 1, 2, 3, 4, 5, 6, 7])
  const operand = pick([...TEXTS, 'a', '', 'B1', '7'])
  const op = pick(OPS)
  if (kind === 0) {
    const path = pick(PLAIN)
    const holds = (document: any) => compared(op, read(document, path), operand, path === 'externalId')
    return { text: `${chance(0.3) ? path.toUpperCase() : path} ${op} ${quoted(operand)}`, holds }
  }
  if (kind === 1) {
    const path = pick([...PLAIN, ...LISTS])
    const has = (document: any) =>
      LISTS.includes(path) ? document[path]?.length > 0 : read(document, path) !== undefined
    return { text: `${path} pr`, holds: has }
  }
  if (kind === 2) {
    const value = chance(0.5)
    return { text: `active eq ${value}`, holds: (document) => document.active === value }
  }
  const list = pick(LISTS)
  const type = pick(['work', 'HOME'])
  if (kind === 3) {
    const holds = (document: any) =>
      (document[list] ?? []).some((each: any) => compared(op, each.value, operand, false))
    return { text: `${list}${pick(['', '.value'])} ${op} ${quoted(operand)}`, holds }
  }
  if (kind === 4) {
    const holds = (document: any) =>
      (document[list] ?? []).some(
        (each: any) => compared('eq', each.type, type, false) && compared(op, each.value, operand, false),
      )
    const text = chance(0.5)
      ? `${list}[type eq "${type}" and value ${op} ${quoted(operand)}]`
      : `${list}[type eq "${type}"].value ${op} ${quoted(operand)}`
    return { text, holds }
  }
  const [one, other] = [aFilter(pick, chance, depth + 1), aFilter(pick, chance, depth + 1)]
  if (kind === 5) return { text: `not (${one.text})`, holds: (document) => !one.holds(document) }
  const isAnd = kind === 6
  return {
    text: `(${one.text} ${isAnd ? 'and' : 'OR'} ${other.text})`,
    holds: (document) =>
      isAnd ? one.holds(document) && other.holds(document) : one.holds(document) || other.holds(document),
  }
}

forEachStore('B-02 c 2,000 random filters find in SQL what plain JavaScript finds', async (_t, open) => {
  const store = await open()
  const { id: teamspaceId } = await aTeamspace(store, 'acme')
  const next = random(20261121)
  const pick: Pick = (items) => items[Math.floor(next() * items.length)]!
  const chance = (of: number) => next() < of
  const users: ScimUser[] = []
  await store.transaction(async ({ db }) => {
    const repository = scimUserRepository(db, store.engine, teamspaceId)
    for (let index = 0; index < 60; index++) {
      const document = readDocument(USER_TYPE, aDocument(pick, index, chance)) as ResourceDocument
      const user: ScimUser = {
        id: crypto.randomUUID(),
        document,
        connectionKind: 'entra',
        identityId: null,
        status: 'inactive',
        version: 1,
        createdAt: index,
        modifiedAt: index,
      }
      users.push(user)
      await repository.insert(user)
    }
  })
  const repository = scimUserRepository(store.db, store.engine, teamspaceId)
  let hits = 0
  for (let round = 0; round < 2_000; round++) {
    const { text, holds } = aFilter(pick, chance)
    const filter = parseFilter(USER_TYPE, text)
    if (isScimDenial(filter)) {
      assert.ok(text.split(/ (?:eq|ne|co|sw|ew|gt|ge|lt|le) | pr/).length > 30 || text.length > 2_000, text)
      continue
    }
    const found = await repository.page({ filter, offset: 0, limit: 200 })
    const expected = users.filter(({ document }) => holds(document))
    assert.deepEqual(
      found.items.map(({ id }) => id),
      expected.map(({ id }) => id),
      text,
    )
    hits += expected.length
    assert.equal(found.total, expected.length)
  }
  assert.ok(hits > 20_000, `the filters were too narrow to say anything: ${hits}`)
})
