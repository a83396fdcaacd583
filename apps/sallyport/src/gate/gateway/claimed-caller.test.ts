import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readClaimedCaller } from './claimed-caller.ts'
import type { CallerHeader } from './claimed-caller.ts'

const PRINCIPAL = 'X-MS-CLIENT-PRINCIPAL'
const as = (format: CallerHeader['format'], name = PRINCIPAL.toLowerCase()): CallerHeader => ({
  name,
  format,
  as: 'id',
})
const encode = (value: unknown) =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64')
const OBJECT_ID = 'http://schemas.microsoft.com/identity/claims/objectidentifier'

const APP_SERVICE = {
  auth_typ: 'aad',
  name_typ: 'name',
  role_typ: 'roles',
  claims: [
    { typ: 'roles', val: 'Mcp.Tool.Executor' },
    { typ: OBJECT_ID, val: 'oid-1' },
    { typ: 'sub', val: 'pairwise' },
    { typ: 'name', val: 'Ada' },
  ],
}

const read = (format: CallerHeader['format'], ...headers: string[]) => readClaimedCaller(headers, [as(format)])
const none = { claimed: undefined, malformed: [] }
const malformed = { claimed: undefined, malformed: [PRINCIPAL.toLowerCase()] }

test('S3-31 the principal of App Service says id, name and identity provider, and its roles are left behind', () => {
  assert.deepEqual(read('easyauth', PRINCIPAL, encode(APP_SERVICE)), {
    claimed: { id: 'oid-1', name: 'Ada', idp: 'aad' },
    malformed: [],
  })
})

test('S3-31 the principal of Static Web Apps says the same in other words', () => {
  const principal = { identityProvider: 'github', userId: 'u1', userDetails: 'ada', userRoles: ['admin'] }
  const claimed = { id: 'u1', name: 'ada', idp: 'github' }
  assert.deepEqual(read('swa', PRINCIPAL, encode(principal)), { claimed, malformed: [] })
  assert.deepEqual(read('easyauth', PRINCIPAL, encode(principal)), malformed)
  assert.deepEqual(read('swa', PRINCIPAL, encode(APP_SERVICE)), malformed)
})

test('S3-31 companions stand in for what the principal does not say, or for all of it', () => {
  const companions = [`${PRINCIPAL}-ID`, 'id-2', `${PRINCIPAL}-NAME`, 'ada@acme.example', `${PRINCIPAL}-IDP`, 'aad']
  assert.deepEqual(read('easyauth', ...companions).claimed, { id: 'id-2', name: 'ada@acme.example', idp: 'aad' })
  const nameless = { ...APP_SERVICE, name_typ: 'absent' }
  assert.deepEqual(read('easyauth', PRINCIPAL, encode(nameless), ...companions).claimed, {
    id: 'oid-1',
    name: 'ada@acme.example',
    idp: 'aad',
  })
})

test('S3-35 a plain header says what it is configured to say, and an unverified JWT says it by its claims', () => {
  const payload = Buffer.from(JSON.stringify({ oid: 'o', preferred_username: 'ada', iss: 'https://i.example' }))
  const jwt = `eyJhbGciOiJub25lIn0.${payload.toString('base64url')}.`
  const headers: CallerHeader[] = [
    { name: 'x-mcp-userid', format: 'plain', as: 'id' },
    { name: 'x-mcp-username', format: 'plain', as: 'name' },
    { name: 'x-id-token', format: 'jwt-unverified', as: 'id' },
  ]
  assert.deepEqual(readClaimedCaller(['X-Id-Token', jwt], headers).claimed, {
    id: 'o',
    name: 'ada',
    idp: 'https://i.example',
  })
  const utf8 = Buffer.from('Zoë').toString('latin1')
  assert.deepEqual(
    readClaimedCaller(['X-Mcp-UserName', utf8, 'X-MCP-USERID', '7', 'x-id-token', jwt], headers).claimed,
    {
      id: '7',
      name: 'Zoë',
      idp: 'https://i.example',
    },
  )
  for (const bad of ['x', 'a.b', 'a.b.c.d', `a.${encode('[]')}.c`]) {
    assert.deepEqual(readClaimedCaller(['x-id-token', bad], headers), { claimed: undefined, malformed: ['x-id-token'] })
  }
})

test('S3-33 what cannot be read says nothing, and only the name of its header is told', () => {
  const foreign = ['__proto__', 'constructor', 'prototype'].map((key) =>
    encode(`{"claims":[],"auth_typ":"aad","${key}":{"polluted":true}}`),
  )
  for (const value of [
    '',
    '!!!',
    'a b',
    encode('{'),
    encode('[]'),
    encode('null'),
    encode('"x"'),
    encode({ claims: 'x' }),
    encode(APP_SERVICE).replace(/=*$/, '\x00'),
    Buffer.from([0x7b, 0xff, 0x7d]).toString('base64'),
    encode('['.repeat(6000)),
    'A'.repeat(8 * 1024 + 1),
    ...foreign,
  ]) {
    assert.deepEqual(read('easyauth', PRINCIPAL, value), malformed, value.slice(0, 40))
  }
  assert.equal(({} as { polluted?: boolean }).polluted, undefined)
  assert.deepEqual(
    read('easyauth', PRINCIPAL, encode(APP_SERVICE), PRINCIPAL.toLowerCase(), encode(APP_SERVICE)),
    malformed,
  )
  assert.deepEqual(read('easyauth', 'x-other', 'y'), none)
})

test('S3-33 claims of odd shapes are passed over', () => {
  const claims = [null, 7, [], 'x', { typ: 'oid' }, { typ: 'sub', val: { a: 1 } }, { val: 'nameless' }]
  assert.deepEqual(read('easyauth', PRINCIPAL, encode({ claims, auth_typ: 9 })), none)
})

test('S3-33 no text moves the cursor, breaks a line, or is longer than 256 characters', () => {
  const claimedName = (name: string) =>
    read('easyauth', PRINCIPAL, encode({ name_typ: 'n', claims: [{ typ: 'n', val: name }] })).claimed?.name
  const hostile = 'a\n{"level":50}\r\x1b[2J\0\u2028\u202e\ud800'
  const written = 'a\\u{a}{"level":50}\\u{d}\\u{1b}[2J\\u{0}\\u{2028}\\u{202e}\\u{d800}'
  assert.equal(claimedName(hostile), written)
  assert.equal(claimedName('x'.repeat(5000)), 'x'.repeat(256))
  assert.ok(claimedName('😀'.repeat(200) + 'x')!.isWellFormed())
  assert.ok(claimedName('x' + '😀'.repeat(200))!.isWellFormed())
})
