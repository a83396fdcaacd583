import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { ACME, GLOBEX, startGate } from '../support/gate.ts'
import { freshDatabase } from '../support/postgres.ts'

const HOUR = 3_600_000

function forEachEngine(title: string, run: (t: TestContext, database: string) => Promise<void>): void {
  test(`${title} (SQLite)`, (t) => run(t, 'sqlite::memory:'))
  test(`${title} (Postgres)`, async (t) => {
    const { url, drop } = await freshDatabase()
    t.after(drop)
    await run(t, url)
  })
}

forEachEngine('the operator sees all teamspaces, those with trouble first, and what it is', async (t, database) => {
  let at = Date.now()
  const gate = await startGate({ database, now: () => at })
  t.after(() => gate.close())
  const { admin } = gate
  const db = gate.sallyport.store.db
  const read = async (query = '') => {
    at += 10_000 // older answers count no more
    return admin.must('GET', `/overview/teamspaces${query}`)
  }
  const troubles = async (slug: string) =>
    (await read(`?search=${slug}`)).teamspaces[0].troubles.map(({ code }: { code: string }) => code)

  assert.deepEqual(await troubles('acme'), ['connection_untested'])
  const token = await gate.tokenFor(ACME.ada.email)
  for (let call = 0; call < 3; call++) await (await gate.call(token)).text()
  await (
    await gate.call(await gate.tokenFor(GLOBEX.gus.email, GLOBEX), { url: `${gate.publicUrl}/t/acme/context7/mcp` })
  ).text()
  const acme = (await read('?search=ACM&range=1h')).teamspaces[0]
  assert.deepEqual(acme, {
    slug: 'acme',
    name: 'acme',
    createdAt: acme.createdAt,
    members: 2,
    connections: ['entra'],
    calls: 4,
    denied: 1,
    faults: 0,
    troubles: [],
  })

  await admin.must('POST', '/teamspaces/globex/connections/entra/test')
  assert.deepEqual(await troubles('globex'), [])
  gate.emulator.setFault({ path: 'discovery', kind: 'status', status: 500 })
  await admin.must('POST', '/teamspaces/globex/connections/entra/test')
  const page = await read()
  assert.deepEqual(
    page.teamspaces.map(({ slug, troubles: [worst] }: any) => [slug, worst?.code]),
    [
      ['globex', 'connection_failed'],
      ['acme', undefined],
    ],
  )
  assert.deepEqual([page.found, page.counts], [2, { teamspaces: 2, broken: 1, warning: 0, note: 0 }])

  await admin.must('POST', '/teamspaces/acme/scim-tokens', { name: 'Entra', connection: 'entra' })
  assert.deepEqual(await troubles('acme'), [])
  at += 97 * HOUR
  assert.deepEqual(await troubles('acme'), ['scim_silent', 'connection_untested'], 'and the calls were days ago')
  const [{ id: tokenId }] = (await admin.must('GET', '/teamspaces/acme/scim-tokens')).tokens
  await admin.must('DELETE', `/teamspaces/acme/scim-tokens/${tokenId}`)
  assert.deepEqual(await troubles('acme'), ['connection_untested'])

  const sync = {
    clientId: 'aaaaaaaa-0003-4000-8000-000000000003',
    groupId: 'aaaaaaaa-0002-4000-8000-000000000001',
    members: 'direct',
    schedule: false,
  }
  await admin.must('PUT', '/teamspaces/acme/group-sync', sync)
  assert.deepEqual(await troubles('acme'), ['connection_untested'])
  const acmeId = (await admin.must('GET', '/teamspaces/acme')).id
  await db
    .insertInto('group_sync_run')
    .values({ ...RUN, id: 'run-1', teamspace_id: acmeId, outcome: 'failed', started_at: at })
    .execute()
  await db
    .insertInto('group_sync_run')
    .values({ ...RUN, id: 'run-2', teamspace_id: acmeId, outcome: 'running', started_at: at + 1 })
    .execute()
  assert.deepEqual(await troubles('acme'), ['group_sync_failed', 'connection_untested'])
  await db.updateTable('group_sync').set({ held_set: 'run-1' }).where('teamspace_id', '=', acmeId).execute()
  assert.deepEqual(await troubles('acme'), ['group_sync_held', 'connection_untested'])
  assert.equal((await read('?troubled=true&limit=1')).teamspaces.length, 1)
})

const RUN = {
  cause: 'request' as const,
  actor: 'operator',
  ended_at: null,
  members: 0,
  added: 0,
  revoked: 0,
  kept: 0,
  skipped: 0,
  held: 0,
  failure: null,
  says: null,
  held_set: null,
}
