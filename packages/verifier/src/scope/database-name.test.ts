import assert from 'node:assert/strict'
import { randomInt } from 'node:crypto'
import { test } from 'node:test'
import { databaseNameFor } from './database-name.ts'

const VECTORS: [teamspaceId: string, name: string][] = [
  ['acme', 'comp_acme'],
  ['3f2504e0-4f89-11d3-9a0c-0305e82c3301', 'comp_3f2504e0-4f89-11d3-9a0c-0305e82c3301'],
  ['Acme', 'comp_acme--37036cd8f9746d335038eca92f8a73ae'],
  ['a.b', 'comp_a_b--2e7336dc8eba87ef472df568c35482ab'],
  ['a b', 'comp_a_b--c8687a08aa5d6ed2044328fa6a697ab8'],
  ['a_b', 'comp_a_b'],
  ['x'.repeat(63), 'comp_xxxxxxxxxxxxxxxxxxxxxxxx--75220b47218278e656f2013bb8f0c455'],
  ['x'.repeat(64), 'comp_xxxxxxxxxxxxxxxxxxxxxxxx--7ce100971f64e7001e8fe5a51973ecdf'],
]
for (const [teamspaceId, name] of VECTORS) {
  test(`S4-44 ${teamspaceId.slice(0, 40)} (${teamspaceId.length}) is ${name}`, () => {
    assert.equal(databaseNameFor('comp', teamspaceId), name)
  })
}

/** Legal in MongoDB and PostgreSQL, never a reserved name, and alike in upper and lower case. */
function assertLegal(name: string, prefix: string) {
  assert.ok(Buffer.byteLength(name) <= 63, name)
  assert.match(name, /^[a-z0-9][a-z0-9_-]*$/)
  assert.ok(!name.startsWith(`${prefix}__`), name)
}

test('S4-43, S4 10 what other namings confuse has a name of its own each', () => {
  const fallbackOfAcme = databaseNameFor('comp', 'Acme').slice('comp_'.length)
  const ids = [
    'a.b',
    'a b',
    'a_b',
    'A_b',
    'a-b',
    'a--b',
    'a$b',
    'a/b',
    'a\\b',
    'a"b',
    'a\0b',
    '-a',
    '_a',
    'a_',
    ' a',
    'a ',
  ]
  ids.push('Acme', 'acme', 'ACME', fallbackOfAcme, fallbackOfAcme.toUpperCase(), 'admin', '-admin', '_Admin', ' _admin')
  ids.push('é', 'e\u0301', '日本', '日本語', '..', '--', '..--', 'İ', 'i\u0307', 'ß', 'ss', 'ſ', 'K', 'k', '\u{1f600}')
  for (const length of [57, 58, 59, 63, 64, 70, 71, 255, 256]) ids.push('x'.repeat(length), 'X'.repeat(length))

  const names = ids.map((teamspaceId) => databaseNameFor('comp', teamspaceId))
  names.forEach((name) => assertLegal(name, 'comp'))
  assert.equal(new Set(names.map((name) => name.toLowerCase())).size, ids.length)
})

test('S4-47 any two teamspaces have two names, whatever the prefix: a hundred thousand pairs', () => {
  const alphabet = ['a', 'b', 'A', 'B', '0', '-', '-', '_', '.', ' ', 'é', '\u0301', 'x'.repeat(20)]
  const randomId = () => {
    const letters = Array.from({ length: randomInt(1, 5) }, () => alphabet[randomInt(alphabet.length)])
    return letters.join('')
  }
  const idByName = new Map<string, string>()
  let compared = 0
  for (let i = 0; i < 100_000; i++) {
    const [prefix, teamspaceId] = [['a', 'a-b', 'abcdefghij-klmno'][i % 3]!, randomId()]
    if (teamspaceId.trim() === '') continue
    const name = databaseNameFor(prefix, teamspaceId)
    assertLegal(name, prefix)
    const owner = JSON.stringify([prefix, teamspaceId])
    assert.equal(idByName.get(name) ?? owner, owner)
    idByName.set(name, owner)
    compared++
  }
  assert.ok(compared > 80_000 && idByName.size > 10_000)
})

const REFUSED: [what: string, id: unknown][] = [
  ['_admin', '_admin'],
  ['_adminx', '_adminx'],
  ['empty', ''],
  ['white space', ' \t\u00a0\n'],
  ['257 bytes', 'x'.repeat(257)],
  ['257 bytes in fewer characters', 'é'.repeat(129)],
  ['half a surrogate pair', 'a\ud800'],
  ['a number', 5],
  ['undefined', undefined],
  ['an object', { toString: () => 'acme' }],
]
for (const [what, teamspaceId] of REFUSED) {
  test(`S4-41, S4-45, S4 11 no database is named for a teamspace id that is refused: ${what}`, () => {
    assert.throws(() => databaseNameFor('comp', teamspaceId as string))
  })
}

for (const prefix of ['', '-a', '_a', 'a_b', 'Comp', 'a.b', 'a'.repeat(17), 'é', 'a\n', 5]) {
  test(`S4-46 ${JSON.stringify(prefix)} is no prefix`, () => {
    assert.throws(() => databaseNameFor(prefix as string, 'acme'), TypeError)
  })
}

test('S4-46 a prefix of one character and of sixteen', () => {
  assert.equal(databaseNameFor('a', 'acme'), 'a_acme')
  assert.equal(Buffer.byteLength(databaseNameFor('abcdefghij-klmno', 'X'.repeat(200))), 63)
})
