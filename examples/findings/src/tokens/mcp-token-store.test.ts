import assert from 'node:assert/strict'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setImmediate as turn } from 'node:timers/promises'
import { test, type TestContext } from 'node:test'
import { hashMcpToken, isMcpToken } from '@sallyport/verifier'
import { createMcpTokenStore } from './mcp-token-store.ts'

const MINUTE = 60_000

function temporaryStore(t: TestContext) {
  const dataDir = mkdtempSync(join(tmpdir(), 'findings-tokens-'))
  const clock = { now: Date.UTC(2026, 10, 2) }
  const store = createMcpTokenStore(dataDir, () => clock.now)
  const admin = new DatabaseSync(join(dataDir, 'findings__admin.db'), { timeout: 0 })
  t.after(() => {
    admin.close()
    store.close()
    rmSync(dataDir, { recursive: true })
  })
  const mint = (teamspaceId = 'acme') => {
    const { id, token } = store.mint(teamspaceId, 'Claude Desktop', 'test')
    return { id, token, record: store.find(hashMcpToken(token)) }
  }
  const lastUsedAt = (id: string) => store.list('acme').find((token) => token.id === id)?.lastUsedAt
  return { dataDir, clock, store, admin, mint, lastUsedAt }
}

test('S4-01 S4-03 S4-09 a minted token is found by its hash, in the database of no teamspace', (t) => {
  const { dataDir, mint } = temporaryStore(t)
  const { id, token, record } = mint()
  assert.ok(isMcpToken(token))
  assert.deepEqual({ ...record }, { id, teamspaceId: 'acme', revoked: false })
  assert.ok(readdirSync(dataDir).includes('findings__admin.db'))
})

test('S4 2 the token itself is in no file, and no list has its hash', (t) => {
  const { dataDir, store, mint } = temporaryStore(t)
  const { id, token } = mint()
  for (const file of readdirSync(dataDir)) assert.ok(!readFileSync(join(dataDir, file)).includes(token), file)
  const [listed] = store.list('acme')
  assert.deepEqual(listed, {
    id,
    prefix: token.slice(0, 12),
    name: 'Claude Desktop',
    createdBy: 'test',
    createdAt: '2026-11-02T00:00:00.000Z',
    lastUsedAt: null,
    revoked: false,
  })
})

test('S4-05 S4-06 a teamspace lists and revokes its own tokens only; the row of a revoked one stays', (t) => {
  const { store, mint } = temporaryStore(t)
  const { id, token } = mint('acme')
  assert.deepEqual(store.list('globex'), [])
  assert.equal(store.revoke('globex', id), false)
  assert.equal(store.find(hashMcpToken(token))?.revoked, false)
  assert.equal(store.revoke('acme', 'no-such-id'), false)
  assert.equal(store.revoke('acme', id), true)
  assert.equal(store.revoke('acme', id), true)
  assert.equal(store.find(hashMcpToken(token))?.revoked, true)
  assert.equal(store.list('acme')[0]?.revoked, true)
})

test('S4-07 S4-41 names and teamspaces are checked, and a teamspace has at most a hundred active tokens', (t) => {
  const { store } = temporaryStore(t)
  for (const name of ['', '  ', 'x'.repeat(101), 'a\nb'])
    assert.throws(() => store.mint('acme', name, 'test'), TypeError)
  for (const id of ['_admin', '', 'x'.repeat(257)]) assert.throws(() => store.mint(id, 'name', 'test'))
  const [first] = Array.from({ length: 100 }, () => store.mint('acme', ' name ', 'test'))
  assert.throws(() => store.mint('acme', 'name', 'test'), /at most 100/)
  store.mint('globex', 'name', 'test')
  store.revoke('acme', first!.id)
  assert.equal(store.mint('acme', 'name', 'test').token.length, 48)
  assert.equal(store.list('acme')[0]?.name, 'name')
})

test('S4-23 a use is noted after the call, once a minute, and never backwards', async (t) => {
  const { dataDir, clock, store, mint, lastUsedAt } = temporaryStore(t)
  const { id, record } = mint()
  store.noteUse(record!)
  assert.equal(lastUsedAt(id), null)
  await turn()
  assert.equal(lastUsedAt(id), '2026-11-02T00:00:00.000Z')

  clock.now += MINUTE - 1
  store.noteUse(record!)
  await turn()
  assert.equal(lastUsedAt(id), '2026-11-02T00:00:00.000Z')
  clock.now += 1
  store.noteUse(record!)
  await turn()
  assert.equal(lastUsedAt(id), '2026-11-02T00:01:00.000Z')

  // Another process, whose clock is behind.
  const other = createMcpTokenStore(dataDir, () => clock.now - 3 * MINUTE)
  other.noteUse(record!)
  other.close()
  assert.equal(lastUsedAt(id), '2026-11-02T00:01:00.000Z')
})

test('S4-23 a database that is locked costs the note and no time; the next use tries again', async (t) => {
  const { store, admin, mint, lastUsedAt } = temporaryStore(t)
  const { id, record } = mint()
  admin.exec('BEGIN IMMEDIATE')
  const startedAt = performance.now()
  store.noteUse(record!)
  await turn()
  assert.ok(performance.now() - startedAt < 1000)
  admin.exec('ROLLBACK')
  assert.equal(lastUsedAt(id), null)
  store.noteUse(record!)
  await turn()
  assert.ok(lastUsedAt(id))
})

test('S4-23 what was not written yet is written when the store closes', (t) => {
  const { dataDir, store, mint } = temporaryStore(t)
  const { id, record } = mint()
  const other = createMcpTokenStore(dataDir)
  other.noteUse(record!)
  other.close()
  assert.ok(store.list('acme').find((token) => token.id === id)?.lastUsedAt)
})
