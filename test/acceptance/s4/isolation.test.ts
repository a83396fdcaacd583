import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises'
import { currentPrincipal, databaseNameFor, withPrincipal } from '@sallyport/verifier'
import { createRemoteJWKSet, jwtVerify } from 'jose'
import type { JWTVerifyGetKey } from 'jose'
import { startTokenGate } from './support.ts'

const CALLS = 1000
const AUDIENCE = 'rows'

async function pauseAtRandom(): Promise<void> {
  for (let pauses = Math.floor(Math.random() * 3); pauses >= 0; pauses--) {
    await (Math.random() < 0.5 ? nextTurn() : sleep(Math.random() * 4))
  }
}

/**
 * A server behind the gate that keeps rows for each teamspace and believes nobody but the gate's signed identity. What
 * its tool reads, it reads by the principal in scope, between waits of random length.
 */
async function startRowServer(t: TestContext) {
  const rows = new Map<string, string[]>()
  let keys: JWTVerifyGetKey | undefined

  async function writeAndRead(row: string): Promise<{ teamspaceId: string; rows: string[] }> {
    await pauseAtRandom()
    const own = rows.get(currentPrincipal().teamspaceId) ?? []
    rows.set(currentPrincipal().teamspaceId, [...own, row])
    await pauseAtRandom()
    const { teamspaceId } = currentPrincipal()
    return { teamspaceId, rows: rows.get(teamspaceId)! }
  }

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const jwt = request.headers.authorization!.slice('Bearer '.length)
    const { payload } = await jwtVerify(jwt, keys!, { audience: AUDIENCE })
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk)
    const { id, params } = JSON.parse(Buffer.concat(chunks).toString())
    const principal = { kind: 'stdio', teamspaceId: String(payload['teamspace_id']), subject: payload.sub!, scopes: [] } as const // prettier-ignore
    const result = await withPrincipal(principal, () => writeAndRead(params.arguments.row))
    response.setHeader('content-type', 'application/json').end(JSON.stringify({ jsonrpc: '2.0', id, result }))
  }

  const server = createServer((request, response) => {
    answer(request, response).catch((error: Error) => response.writeHead(500).end(error.message))
  }).listen(0, '127.0.0.1')
  t.after(() => (server.closeAllConnections(), server.close()))
  await new Promise((resolve) => server.once('listening', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`,
    trust: (publicUrl: string) => (keys = createRemoteJWKSet(new URL('/.well-known/jwks.json', publicUrl))),
  }
}

const writing = (id: number, row: string) =>
  JSON.stringify({ jsonrpc: '2.0', id, method: 'tools/call', params: { name: 'write', arguments: { row } } })

test('S4 8: a thousand interleaved calls of two teamspaces, with waits at random: each reads its own rows only', async (t) => {
  const rowServer = await startRowServer(t)
  const servers = () => `servers:
  context7:
    path: /context7/mcp
    upstream: ${rowServer.url}
    auth: [Token, EntraJwt]
    outbound: { kind: signed-identity, audience: ${AUDIENCE} }
`
  const { gate, mint, ada, gus } = await startTokenGate(t, { servers })
  rowServer.trust(gate.publicUrl)
  const minted = { acme: await mint(ada), globex: await mint(gus) }
  const ids = new Map<string, Set<string>>()
  let next = 0

  /** Takes one call after the other until all were made; fifty of them run at once. */
  async function caller(): Promise<void> {
    for (let call = next++; call < CALLS; call = next++) {
      const slug = call % 2 === 0 ? 'acme' : 'globex'
      const answer = await gate.call(minted[slug].token, { body: writing(call, `${slug} ${call}`) })
      assert.equal(answer.status, 200)
      const { id, result } = (await answer.json()) as any
      assert.equal(id, call)
      assert.ok(result.rows.includes(`${slug} ${call}`))
      assert.ok(
        result.rows.every((row: string) => row.startsWith(`${slug} `)),
        'a row of another teamspace was read',
      )
      ids.set(slug, (ids.get(slug) ?? new Set()).add(result.teamspaceId))
    }
  }
  await Promise.all(Array.from({ length: 50 }, caller))
  const [[acme], [globex]] = [[...ids.get('acme')!], [...ids.get('globex')!]]
  assert.deepEqual([ids.get('acme')!.size, ids.get('globex')!.size], [1, 1])
  assert.notEqual(acme, globex)

  await gate.sallyport.flushAudit()
  for (const [slug, teamspaceId] of [
    ['acme', acme],
    ['globex', globex],
  ] as const) {
    // prettier-ignore
    const { events } = await gate.admin.must('GET', `/audit?teamspace=${slug}&limit=1000`)
    const calls = events.filter(({ kind }: any) => kind === 'call')
    assert.equal(calls.length, CALLS / 2)
    const expected = { teamspaceId, tokenId: minted[slug].id, decision: 'allowed' }
    for (const { teamspaceId, tokenId, decision } of calls) {
      assert.deepEqual({ teamspaceId, tokenId, decision }, expected)
    }
  }
})

test('S4 9: outside a call there is no teamspace: asking for one throws, there is no default', async () => {
  assert.throws(() => currentPrincipal(), /No principal/)
  const outside = sleep(5).then(() => currentPrincipal()) // begun before any call, as a background job is
  const acme = { kind: 'stdio', teamspaceId: 'acme', subject: 'test', scopes: [] } as const
  await withPrincipal(acme, async () => {
    await assert.rejects(outside, /No principal/)
    assert.equal(currentPrincipal().teamspaceId, 'acme')
  })
  assert.throws(() => currentPrincipal(), /No principal/)
  assert.throws(() => withPrincipal({ ...acme, teamspaceId: '' }, () => undefined), TypeError)
})

test('S4 10: no two teamspaces share a database, none gets that of the operators, and names fit', () => {
  const ids = ['a.b', 'a b', 'a_b', 'Acme', 'acme', 'x'.repeat(70), 'x'.repeat(71), 'x'.repeat(63), 'x'.repeat(64)]
  ids.push('acme--37036cd8f9746d335038eca92f8a73ae', 'admin', '-admin', ' _admin', 'ACME', 'a-b', 'ä', 'a\u0308')
  ids.push('3f2504e0-4f89-11d3-9a0c-0305e82c3301')
  const names = ids.map((id) => databaseNameFor('comp', id))
  assert.equal(new Set(names.map((name) => name.toLowerCase())).size, ids.length)
  for (const name of names) {
    assert.ok(Buffer.byteLength(name) <= 63, name)
    assert.ok(!name.startsWith('comp__admin'), name)
  }
  assert.throws(() => databaseNameFor('comp', '_admin'))
})

test('S4 11: a teamspace called _admin, _adminx or nothing at all cannot be made', async (t) => {
  const { gate } = await startTokenGate(t)
  for (const slug of ['_admin', '_adminx', '', ' ', '_', 'admin']) {
    const { status, body } = await gate.admin.send('POST', '/teamspaces', { slug })
    assert.deepEqual([status, body.errors?.[0]?.path], [400, 'slug'], slug)
  }
  assert.equal((await gate.admin.must('GET', '/teamspaces')).teamspaces.length, 2)
})
