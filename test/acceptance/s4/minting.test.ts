import assert from 'node:assert/strict'
import { readdir, readFile } from 'node:fs/promises'
import path from 'node:path'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { hashMcpToken, mintMcpToken } from '@sallyport/verifier'
import { sql } from 'kysely'
import type { Store } from '../../../apps/sallyport/src/store/store.ts'
import { freshFile } from '../../support/each-store.ts'
import { ACME } from '../../support/gate.ts'
import { freshDatabase } from '../../support/postgres.ts'
import { startTokenGate } from './support.ts'

const SHAPE = /^mcpt_[A-Za-z0-9_-]{43}$/

/** S4-03: 32 bytes, and what becomes of them. */
const VECTORS = [
  [Buffer.alloc(32, 0), 'mcpt_AAAAAAA', '882720b1ecaa09d71737b5f34ba37f0ee6fecf43ac6d8b77a05b3333ae718614'],
  [Buffer.from(Array.from({ length: 32 }, (_, index) => index)), 'mcpt_AAECAwQ', '1f88dc630b44ee7872987f751050e4167fe2294b8ac34d3a5763c736e1466868'],
  [Buffer.alloc(32, 255), 'mcpt________', '7261a05c2b4d2bbd408ee6800ad5691f626fa5fa5f3a56591de1a817e38f822f'],
] as const // prettier-ignore

test('S4 1: a minted token is mcpt_ and 43 characters of base64url; the three hash vectors hold', async (t) => {
  for (const [bytes, prefix, digest] of VECTORS) {
    const token = `mcpt_${bytes.toString('base64url')}`
    assert.match(token, SHAPE)
    assert.equal(token.slice(0, 12), prefix)
    assert.equal(hashMcpToken(token), digest)
  }
  const minted = new Set(Array.from({ length: 1000 }, () => mintMcpToken().token))
  assert.equal(minted.size, 1000)
  for (const token of minted) assert.match(token, SHAPE)

  const { gate, ask, ada } = await startTokenGate(t)
  const { status, headers, body } = await ask('POST', '', ada, { name: ' Claude Desktop ' })
  assert.equal(status, 201)
  assert.equal(headers.get('cache-control'), 'no-store')
  assert.match(body.token, SHAPE)
  assert.equal(body.token.length, 48)
  assert.equal(body.prefix, body.token.slice(0, 12))
  assert.deepEqual([body.name, body.role, body.created_by], ['Claude Desktop', 'developer', ACME.ada.email])
  assert.match(body.created_at, /^\d{4}-\d\d-\d\dT[\d:.]+Z$/)
  assert.equal((await gate.call(body.token)).status, 200)
})

/** Every cell of every table. */
async function dumpOf({ db, engine }: Store): Promise<string> {
  const tables = engine === 'sqlite' ? sql`select name from sqlite_master where type = 'table'` : sql`select table_name as name from information_schema.tables where table_schema = 'public'` // prettier-ignore
  const { rows } = (await tables.execute(db)) as { rows: { name: string }[] }
  const contents = await Promise.all(rows.map(({ name }) => sql`select * from ${sql.table(name)}`.execute(db)))
  assert.ok(rows.some(({ name }) => name === 'mcp_token'))
  return JSON.stringify(contents.map((content) => content.rows))
}

async function nothingLeft(t: TestContext, database: string): Promise<string> {
  const { gate, ask, mint, ada } = await startTokenGate(t, { database })
  const first = await mint(ada)
  const { token: second } = (await ask('POST', `/${first.id}/rotate`, ada, {})).body
  const tokens = [first.token, second]
  for (const token of tokens) assert.equal((await gate.call(token)).status, 200)
  await ask('DELETE', `/${first.id}`, ada)
  assert.equal((await gate.call(first.token)).status, 401)
  await gate.sallyport.flushAudit()

  const dump = await dumpOf(gate.sallyport.store)
  const { events } = await gate.admin.must('GET', '/audit?limit=1000')
  const audit = JSON.stringify(events)
  assert.ok(
    audit.includes('mcp_token.mint') && audit.includes('mcp_token.rotate') && audit.includes('mcp_token.revoke'),
  )
  for (const token of tokens) {
    assert.equal(dump.split(hashMcpToken(token)).length - 1, 1, 'the hash is there once')
    for (const place of [dump, audit, gate.logged.join('')]) assert.ok(!place.includes(token.slice(13)))
    for (const place of [audit, gate.logged.join('')]) assert.ok(!place.includes(hashMcpToken(token)))
  }
  return first.token
}

test('S4 2: only the hash is stored, and the token is nowhere: database, log, audit (SQLite, byte for byte)', async (t) => {
  const { url, path: file, drop } = await freshFile()
  t.after(drop)
  const token = await nothingLeft(t, url)
  const files = await readdir(path.dirname(file))
  const bytes = await Promise.all(files.map((name) => readFile(path.join(path.dirname(file), name), 'latin1')))
  assert.ok(bytes.join('').includes(hashMcpToken(token)))
  assert.ok(!bytes.join('').includes(token.slice(13)))
})

test('S4 2: only the hash is stored, and the token is nowhere: database, log, audit (Postgres)', async (t) => {
  const { url, drop } = await freshDatabase()
  t.after(drop)
  await nothingLeft(t, url)
})

test('S4 3: a list shows prefix and metadata of the own teamspace, never hash or token', async (t) => {
  const { gate, ask, mint, ada, ben, gus } = await startTokenGate(t)
  const [shared, own, foreign] = [await mint(ada), await mint(ben, { name: 'Ben' }), await mint(gus, { name: 'Gus' })]
  await ask('DELETE', `/${shared.id}`, ada)
  const { body, text } = await ask('GET', '', ada)
  assert.deepEqual(body.tokens.map(({ name }: any) => name).sort(), ['Ben', 'Claude Desktop'])
  assert.deepEqual(body.tokens.find(({ id }: any) => id === shared.id).revoked, true)
  assert.deepEqual(Object.keys(body.tokens[0]).sort(), [
    'created_at',
    'created_by',
    'expires_at',
    'expires_soon',
    'grace_until',
    'holder',
    'holder_member_id',
    'id',
    'last_used_at',
    'name',
    'prefix',
    'replaced_by',
    'replaces',
    'revoked',
    'revoked_at',
    'revoked_by',
    'role',
    'tool_scopes',
    'usable',
  ])
  for (const { token } of [shared, own, foreign]) {
    assert.ok(!text.includes(token.slice(13)) && !text.includes(hashMcpToken(token)))
  }
  assert.ok(text.includes(own.token.slice(0, 12)) && !text.includes(foreign.id))
  assert.deepEqual(
    (await ask('GET', '', ben)).body.tokens.map(({ name }: any) => name),
    ['Ben'],
  )
  assert.deepEqual((await gate.admin.must('GET', '/teamspaces/globex/mcp-tokens')).tokens.length, 1)
})

test('S4 5: another teamspace’s admin gets 404 for a token, as for one that does not exist, and it still works', async (t) => {
  const { gate, ask, mint, ada, gus } = await startTokenGate(t)
  const { id, token } = await mint(ada)
  const unknown = 'aaaaaaaa-0000-4000-8000-00000000dead'
  const answers = await Promise.all(
    [id, unknown, 'x', '..', `${id}'`, encodeURIComponent('a/b'), 'x'.repeat(500)].map(async (name) => {
      const { status, text } = await ask('DELETE', `/${name === '..' ? '%2e%2e%2f' : name}`, gus)
      return `${status} ${text}`
    }),
  )
  assert.equal(answers[0]?.slice(0, 4), '404 ')
  for (const answer of answers.slice(0, 3)) assert.equal(answer, answers[0])
  for (const answer of answers) assert.match(answer, /^404 /)
  const rotated = await ask('POST', `/${id}/rotate`, gus, {})
  assert.deepEqual([rotated.status, rotated.text], [404, answers[0]!.slice(4)])
  assert.equal((await gate.call(token)).status, 200)
})

test('S4 13: an MCP token cannot mint, list, revoke or rotate MCP tokens, nor do what operators do', async (t) => {
  const { gate, ask, mint, ada } = await startTokenGate(t)
  const { id, token } = await mint(ada, { role: 'owner' })
  for (const [method, path, body] of [
    ['POST', '', { name: 'successor' }],
    ['GET', '', undefined],
    ['DELETE', `/${id}`, undefined],
    ['POST', `/${id}/rotate`, {}],
  ] as const) {
    const { status, headers, text } = await ask(method, path, token, body)
    assert.equal(status, 401, `${method} ${path} ${text}`)
    assert.match(headers.get('www-authenticate') ?? '', /^Bearer error="invalid_token"/)
    assert.match(headers.get('content-type') ?? '', /^application\/problem\+json/)
  }
  const asOperator = await fetch(`${gate.adminUrl}/api/v1/teamspaces/acme/mcp-tokens`, {
    headers: { authorization: `Bearer ${token}` },
  })
  assert.equal(asOperator.status, 401)
  assert.equal((await ask('GET', '', ada)).body.tokens.length, 1)
  assert.equal((await gate.call(token)).status, 200)
})
