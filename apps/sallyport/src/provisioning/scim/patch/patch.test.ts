import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ResourceDocument } from '../document/document.ts'
import { readDocument } from '../document/read-document.ts'
import { isScimDenial } from '../scim-error.ts'
import { GROUP_TYPE } from '../schema/group-schema.ts'
import { USER_TYPE } from '../schema/user-schema.ts'
import { applyPatch } from './apply-patch.ts'

const read = (input: object, type = USER_TYPE): ResourceDocument => {
  const document = readDocument(type, input)
  if (isScimDenial(document)) throw new Error(document.scimError.detail)
  return document
}

const ADA = read({
  userName: 'ada',
  active: true,
  name: { givenName: 'Ada', familyName: 'L' },
  emails: [
    { type: 'work', value: 'w@acme.example', primary: true },
    { type: 'home', value: 'h@acme.example' },
  ],
})

function patched(operations: unknown, document = ADA, type = USER_TYPE): any {
  const before = structuredClone(document)
  const after = applyPatch(type, document, { Operations: operations })
  assert.deepEqual(document, before, 'the document before is left as it was')
  return isScimDenial(after) ? after.scimError.scimType : after
}

test('B-02 f what each operation makes of a document (RFC 7644 §3.5.2)', () => {
  const [work, home] = [
    { type: 'work', value: 'w@acme.example', primary: true },
    { type: 'home', value: 'h@acme.example' },
  ]
  const cases: [string, unknown, string, unknown][] = [
    ['a text', { op: 'add', path: 'title', value: 'Dr' }, 'title', 'Dr'],
    ['a number is taken for a text', { op: 'replace', path: 'title', value: 7 }, 'title', '7'],
    ['case does not matter', { OP: 'REPLACE', Path: 'USERNAME', VALUE: 'x' }, 'userName', 'x'],
    ['a part', { op: 'replace', path: 'name.givenName', value: 'A' }, 'name', { givenName: 'A', familyName: 'L' }],
    [
      'parts merge',
      { op: 'replace', path: 'name', value: { givenName: 'A' } },
      'name',
      { givenName: 'A', familyName: 'L' },
    ],
    [
      'null takes a part away',
      { op: 'replace', path: 'name', value: { givenName: null } },
      'name',
      { familyName: 'L' },
    ],
    ['a part goes', { op: 'remove', path: 'name.familyName' }, 'name', { givenName: 'Ada' }],
    ['all goes', { op: 'remove', path: 'name' }, 'name', undefined],
    ['nothing is there to go', { op: 'remove', path: 'title' }, 'title', undefined],
    [
      'one more',
      { op: 'add', path: 'emails', value: [{ type: 'other', value: 'o' }] },
      'emails',
      [work, home, { type: 'other', value: 'o' }],
    ],
    ['one that is there', { op: 'add', path: 'emails', value: home }, 'emails', [work, home]],
    ['all replaced', { op: 'replace', path: 'emails', value: [{ value: 'x' }] }, 'emails', [{ value: 'x' }]],
    ['all replaced by none', { op: 'replace', path: 'emails', value: [] }, 'emails', undefined],
    [
      'one of them',
      { op: 'replace', path: 'emails[type eq "HOME"].value', value: 'x' },
      'emails',
      [work, { type: 'home', value: 'x' }],
    ],
    ['one of them goes', { op: 'remove', path: 'emails[type eq "home"]' }, 'emails', [work]],
    [
      'a part of one goes',
      { op: 'remove', path: 'emails[type eq "work"].primary' },
      'emails',
      [{ type: 'work', value: 'w@acme.example' }, home],
    ],
    ['by value', { op: 'remove', path: 'emails', value: [{ value: 'h@acme.example' }] }, 'emails', [work]],
    [
      'one primary',
      { op: 'replace', path: 'emails[type eq "home"].primary', value: 'True' },
      'emails',
      [
        { ...work, primary: false },
        { ...home, primary: true },
      ],
    ],
    [
      'made when missing',
      { op: 'replace', path: 'ims[type eq "xmpp" and primary eq true].value', value: 'x' },
      'ims',
      [{ type: 'xmpp', primary: true, value: 'x' }],
    ],
    [
      'a bracket in a text',
      { op: 'add', path: 'ims[type eq "]["].value', value: 'x' },
      'ims',
      [{ type: '][', value: 'x' }],
    ],
    [
      'behind the schema',
      { op: 'add', path: 'urn:ietf:params:scim:schemas:core:2.0:User:title', value: 'Dr' },
      'title',
      'Dr',
    ],
    ['without a path', { op: 'add', value: { title: 'Dr', id: 'x', groups: [], unheardOf: 1 } }, 'title', 'Dr'],
  ]
  for (const [says, operation, name, expected] of cases) {
    const after = patched([operation])
    assert.deepEqual(after[name], expected, `${says}: ${JSON.stringify(after)}`)
  }
})

test('operations are carried out in their order, all or none', () => {
  const order = patched([
    { op: 'add', path: 'title', value: 'one' },
    { op: 'replace', path: 'title', value: 'two' },
  ])
  assert.equal(order.title, 'two')
  assert.equal(
    patched([
      { op: 'add', path: 'title', value: 'one' },
      { op: 'add', path: 'nowhere', value: 1 },
    ]),
    'invalidPath',
  )
})

test('operations without number, or paths without end, are refused', () => {
  assert.equal(patched(Array(1_001).fill({ op: 'add', path: 'title', value: 'x' })), 'invalidSyntax')
  assert.equal(patched([{ op: 'add', path: 'x'.repeat(501), value: 'x' }]), 'invalidPath')
  assert.equal(patched([{ op: 'add', path: `emails[${'('.repeat(100)}`, value: 'x' }]), 'invalidPath')
  assert.equal(patched([{ op: 'add', path: `emails[${'('.repeat(100)}]`, value: 'x' }]), 'invalidFilter')
  assert.equal(patched([{ op: 'add', path: {}, value: 'x' }]), 'invalidPath')
  assert.equal(patched([{ op: 'replace', path: 'title', value: { a: 1 } }]), 'invalidValue')
})

test('thousands of members are added and taken out in one pass', () => {
  const ids = Array.from({ length: 20_000 }, (_, index) => ({ value: `id-${index}` }))
  const begun = performance.now()
  const group = read({ displayName: 'Staff', members: ids.slice(0, 15_000) }, GROUP_TYPE)
  const more = patched([{ op: 'add', path: 'members', value: ids.slice(10_000) }], group, GROUP_TYPE)
  assert.equal(more.members.length, 20_000)
  const less = patched([{ op: 'remove', path: 'members', value: ids.slice(5_000) }], more, GROUP_TYPE)
  assert.equal(less.members.length, 5_000)
  assert.ok(performance.now() - begun < 5_000)
})

test('random operations never leave what no schema knows, and adding again changes nothing', () => {
  let state = 7
  const pick = <Item>(items: readonly Item[]): Item => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return items[state % items.length]!
  }
  const paths = [
    'title',
    'name',
    'name.givenName',
    'emails',
    'emails.value',
    'emails[type eq "work"]',
    'emails[type eq "x"].value',
    '__proto__',
    'constructor',
    'active',
    undefined,
  ]
  const values = [
    'x',
    '',
    null,
    true,
    'False',
    7,
    [],
    {},
    { value: 'v', type: 'work' },
    [{ value: 'v' }],
    { title: 't' },
    JSON.parse('{"__proto__":{"a":1},"constructor":1}'),
  ]
  const known = ['userName', 'active', 'title', 'name', 'emails']
  for (let round = 0; round < 5_000; round++) {
    const operation = { op: pick(['add', 'Replace', 'remove']), path: pick(paths), value: pick(values) }
    const after = patched([operation])
    if (typeof after === 'string') continue
    assert.ok(
      Object.keys(after).every((name) => known.includes(name)),
      JSON.stringify(operation),
    )
    assert.equal(after.userName, 'ada')
    assert.equal(typeof after.active, 'boolean')
    assert.equal(Object.getPrototypeOf(after), Object.prototype)
    if (operation.op === 'add') assert.deepEqual(patched([operation], after), after, JSON.stringify(operation))
  }
})
