import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { createCaller, forMany, setUpTeamspace, startGateProcess } from '../../support/gate-process.ts'
import type { Caller } from '../../support/gate-process.ts'
import { freshDatabase } from '../../support/postgres.ts'
import { ENTERPRISE, MEMBERSHIP, USER } from '../../support/scim-client.ts'

/** Requests that are under way together, of one provisioning service. */
const AT_ONCE = 8
/** The heap may come and go with the requests that are under way, but not grow with the users that are there. */
const FLAT_MEGABYTES = 25
const MAX_MINUTES = 3

const oid = (number: number) => `eeeeeeee-0000-4000-8000-${String(number).padStart(12, '0')}`

const person = (number: number) => ({
  schemas: [USER, ENTERPRISE],
  userName: `person${number}@acme.example`,
  externalId: oid(number),
  active: true,
  name: { givenName: `Given ${number}`, familyName: 'Person' },
  emails: [{ type: 'work', primary: true, value: `person${number}@acme.example` }],
  [ENTERPRISE]: { department: number % 2 ? 'Research' : 'Sales' },
})

interface Load {
  readonly url: string
  readonly created: number
  readonly patched: number
}

/** Creates, then PATCHes that disable each second of the first: looked at as it goes, and counted at the end. */
async function load(t: TestContext, { url, created, patched }: Load): Promise<void> {
  const gate = await startGateProcess(url)
  t.after(() => gate.kill())
  const caller = createCaller(`${gate.adminUrl}/scim/v2`, await setUpTeamspace(gate))
  t.after(() => caller.close())
  const begun = performance.now()
  const heaps: number[] = []
  const lookAtHeap = async () => void heaps.push(await gate.heapMegabytes())

  await create(caller, 0, 100) // everything is compiled and cached by now
  await lookAtHeap()
  const ids: string[] = []
  for (let from = 100; from < created; from += (created - 100) / 4) {
    ids.push(...(await create(caller, from, (created - 100) / 4)))
    await lookAtHeap()
  }
  await forMany(patched, AT_ONCE, async (number) => {
    const operation =
      number % 2
        ? { op: 'Replace', path: 'active', value: 'False' }
        : { op: 'Replace', path: `${ENTERPRISE}:department`, value: 'Moved' }
    const answer = await caller.send('PATCH', `/Users/${ids[number]}`, { Operations: [operation] })
    assert.equal(answer.status, 200)
  })
  await lookAtHeap()
  t.diagnostic(`${Math.round(performance.now() - begun)} ms, heap ${heaps.map(Math.round).join(', ')} MB`)
  assert.ok(Math.max(...heaps) - heaps[0]! < FLAT_MEGABYTES, `heap ${heaps.join(', ')} MB`)
  assert.ok(performance.now() - begun < MAX_MINUTES * 60_000)

  const count = async (filter: string) =>
    (await caller.send('GET', `/Users?count=0&filter=${encodeURIComponent(filter)}`)).body.totalResults as number
  assert.equal(await count('userName pr'), created)
  assert.equal(await count('active eq false'), patched / 2)
  assert.equal(await count(`${MEMBERSHIP}:status eq "member"`), created - patched / 2)
  assert.equal(await count(`${ENTERPRISE}:department eq "Moved"`), patched / 2)
}

async function create(caller: Caller, from: number, count: number): Promise<string[]> {
  const ids: string[] = []
  await forMany(count, AT_ONCE, async (number) => {
    const answer = await caller.send('POST', '/Users', person(from + number))
    assert.equal(answer.status, 201, JSON.stringify(answer.body))
    assert.equal(answer.body[MEMBERSHIP].status, 'member')
    ids[number] = answer.body.id
  })
  return ids
}

test('10,000 users come by SCIM: each is a member, memory is flat, and the time is bounded (SQLite)', async (t) => {
  // In memory: how fast a disk is changes nothing about what is promised here.
  await load(t, { url: 'sqlite::memory:', created: 10_100, patched: 1_000 })
})

test('as many as a small company come by SCIM all the same (Postgres)', async (t) => {
  const { url, drop } = await freshDatabase()
  t.after(drop)
  await load(t, { url, created: 300, patched: 60 })
})
