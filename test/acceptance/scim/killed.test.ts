import assert from 'node:assert/strict'
import { test } from 'node:test'
import { verifyChainPage } from '../../../apps/sallyport/src/audit/verify-chain.ts'
import { openStore } from '../../../apps/sallyport/src/store/store.ts'
import { freshFile } from '../../support/each-store.ts'
import { createCaller, forMany, setUpTeamspace, startGateProcess } from '../../support/gate-process.ts'
import type { Caller } from '../../support/gate-process.ts'
import { freshDatabase } from '../../support/postgres.ts'
import { TEST_SALLYPORT_KEY } from '../../support/sealing-key.ts'

const SEALING_KEY = Buffer.from(TEST_SALLYPORT_KEY, 'base64')
const PEOPLE = 100
const AT_ONCE = 4
/** How many are made before the gate is killed: at once, and half way. */
const KILLS = [5, 40]
const oid = (number: number) => `ffffffff-0000-4000-8000-${String(number).padStart(12, '0')}`

/** As a provisioning service does it: look for the user, make it when there is none, and then write what it lacks. */
async function provision({ send }: Caller, number: number): Promise<'made' | 'found'> {
  const userName = `person${number}@acme.example`
  const found = await send('GET', `/Users?filter=${encodeURIComponent(`userName eq "${userName}"`)}`)
  assert.ok(found.body.totalResults <= 1)
  const user = found.body.Resources[0] ?? (await send('POST', '/Users', { userName, externalId: oid(number) })).body
  if (user.displayName === undefined) {
    const value = `Person ${number}`
    const patched = await send('PATCH', `/Users/${user.id}`, {
      Operations: [{ op: 'Add', path: 'displayName', value }],
    })
    assert.equal(patched.status, 200)
  }
  return found.body.totalResults === 1 ? 'found' : 'made'
}

for (const [engine, fresh] of [
  ['SQLite', freshFile],
  ['Postgres', freshDatabase],
] as const) {
  test(`killed half way and repeated, a load makes every user and every member once (${engine})`, async (t) => {
    const { url, drop } = await fresh()
    t.after(drop)
    let gate = await startGateProcess(url)
    const token = await setUpTeamspace(gate)
    for (const kill of KILLS) {
      const caller = createCaller(`${gate.adminUrl}/scim/v2`, token)
      const [doomed, killed] = [gate, Promise.withResolvers<void>()]
      let [made, isDown] = [0, false]
      const cut = forMany(PEOPLE, AT_ONCE, async (number) => {
        if ((await provision(caller, number)) === 'found' || ++made !== kill) return
        isDown = true
        await doomed.kill().then(killed.resolve, killed.reject)
      })
      await assert.rejects(cut, (error) => isDown && !(error instanceof assert.AssertionError))
      await killed.promise
      caller.close()
      gate = await startGateProcess(url)
    }
    const caller = createCaller(`${gate.adminUrl}/scim/v2`, token)
    let found = 0
    await forMany(PEOPLE, AT_ONCE, async (number) => {
      if ((await provision(caller, number)) === 'found') found += 1
    })
    caller.close()
    await gate.kill()
    assert.ok(found >= KILLS.reduce((sum, kill) => sum + kill, 0) && found < PEOPLE, `${found} of ${PEOPLE}`)

    const after = await openStore({ url, sealingKey: SEALING_KEY })
    const users = await after.db.selectFrom('scim_user').select(['external_id', 'identity_id', 'document']).execute()
    const identities = await after.db.selectFrom('identity').select(['id', 'subject', 'teamspace_id']).execute()
    const chain = await verifyChainPage(after, identities[0]!.teamspace_id, { limit: 2_000 })
    await after.close()
    assert.equal(new Set(users.map(({ external_id }) => external_id)).size, PEOPLE)
    assert.equal(users.length, PEOPLE)
    const subjects = new Map(identities.map(({ id, subject }) => [id, subject]))
    assert.deepEqual([identities.length, subjects.size], [PEOPLE, PEOPLE])
    for (const { external_id, identity_id } of users) assert.equal(subjects.get(identity_id ?? ''), external_id)
    assert.ok(users.every(({ document }) => document.includes('"displayName":"Person ')))
    assert.ok(chain.isWhole, JSON.stringify(chain.problem))
  })
}
