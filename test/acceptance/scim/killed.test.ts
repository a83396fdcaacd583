import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { verifyChainPage } from '../../../apps/sallyport/src/audit/verify-chain.ts'
import { createScimToken } from '../../../apps/sallyport/src/provisioning/scim/manage-scim-tokens.ts'
import { openStore } from '../../../apps/sallyport/src/store/store.ts'
import { accepted, aConnectedTeamspace, editorOf } from '../../../apps/sallyport/src/teamspaces/acme.fixture.ts'
import { freshFile } from '../../support/each-store.ts'
import { freePort } from '../../support/free-port.ts'
import { freshDatabase } from '../../support/postgres.ts'
import { TEST_SALLYPORT_KEY } from '../../support/sealing-key.ts'

const PROGRAM = fileURLToPath(new URL('../../support/gate-child-process.ts', import.meta.url))
const SEALING_KEY = Buffer.from(TEST_SALLYPORT_KEY, 'base64')
const PEOPLE = 60
const oid = (number: number) => `ffffffff-0000-4000-8000-${String(number).padStart(12, '0')}`

async function startChild(url: string) {
  const [publicPort, adminPort] = [await freePort(), await freePort()]
  const config = `publicUrl: http://127.0.0.1:${publicPort}
listen: { public: 127.0.0.1:${publicPort}, admin: 127.0.0.1:${adminPort} }
servers: { some: { path: /mcp, upstream: 'http://127.0.0.1:9', auth: Token, outbound: { kind: none } } }
`
  const env = { ...process.env, DATABASE_URL: url, GATE_CONFIG: config }
  const child = spawn(process.execPath, [PROGRAM], { stdio: ['pipe', 'pipe', 'inherit'], env })
  const exited = once(child, 'close')
  await Promise.race([once(child.stdout, 'data'), exited.then(() => assert.fail('the gate did not start'))])
  return {
    base: `http://127.0.0.1:${adminPort}/scim/v2`,
    async kill() {
      child.kill('SIGKILL')
      await exited
    },
  }
}

/** As a provisioning service does it: look for the user, and make it when there is none. From the first one, each time. */
async function provision(base: string, token: string): Promise<void> {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/scim+json' }
  for (let number = 0; number < PEOPLE; number++) {
    const userName = `person${number}@acme.example`
    const filter = encodeURIComponent(`userName eq "${userName}"`)
    const found = (await (await fetch(`${base}/Users?filter=${filter}`, { headers })).json()) as {
      totalResults: number
    }
    assert.ok(found.totalResults <= 1)
    if (found.totalResults === 1) continue
    const body = JSON.stringify({ userName, externalId: oid(number) })
    const made = await fetch(`${base}/Users`, { method: 'POST', headers, body })
    await made.body?.cancel()
    assert.equal(made.status, 201)
  }
}

for (const [engine, fresh] of [
  ['SQLite', freshFile],
  ['Postgres', freshDatabase],
] as const) {
  test(`killed half way and repeated, a load makes every user and every member once (${engine})`, async () => {
    const { url, drop } = await fresh()
    const store = await openStore({ url, sealingKey: SEALING_KEY })
    await aConnectedTeamspace(store, 'acme')
    const { token } = accepted(
      await createScimToken(editorOf(store), 'acme', { name: 'Entra', connection: 'entra', expires_at: null }),
    )
    await store.close()

    for (const lifetimeMs of [40, 80, 120]) {
      const child = await startChild(url)
      const cut = provision(child.base, token).catch((error: unknown) => {
        if (error instanceof assert.AssertionError) throw error // and not the connection that was cut
      })
      await sleep(lifetimeMs)
      await child.kill()
      await cut
    }
    const child = await startChild(url)
    await provision(child.base, token)
    await child.kill()

    const after = await openStore({ url, sealingKey: SEALING_KEY })
    const users = await after.db.selectFrom('scim_user').select(['external_id', 'identity_id']).execute()
    const identities = await after.db.selectFrom('identity').select(['id', 'subject', 'teamspace_id']).execute()
    const teamspaceId = identities[0]!.teamspace_id
    const chain = await verifyChainPage(after, teamspaceId, { limit: 1_000 })
    await after.close()
    await drop()
    assert.equal(new Set(users.map(({ external_id }) => external_id)).size, PEOPLE)
    assert.equal(users.length, PEOPLE)
    const subjects = new Map(identities.map(({ id, subject }) => [id, subject]))
    assert.deepEqual([identities.length, subjects.size], [PEOPLE, PEOPLE])
    for (const { external_id, identity_id } of users) assert.equal(subjects.get(identity_id ?? ''), external_id)
    assert.ok(chain.isWhole, JSON.stringify(chain.problem))
  })
}
