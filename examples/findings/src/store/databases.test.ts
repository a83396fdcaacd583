import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { databaseNameFor, withPrincipal } from '@sallyport/verifier'
import { createDatabases, DATABASE_PREFIX } from './databases.ts'
import { inventoryOf, type Inventory } from './inventory.ts'
import { sampleInventory } from './sample/sample-inventory.ts'

const ACME = '3f2504e0-4f89-11d3-9a0c-0305e82c3301'
const GLOBEX = '9c5b94b1-35ad-49bb-b118-8e8fc24abf80'

function temporaryDatabases(t: TestContext, maxOpen?: number) {
  const dataDir = mkdtempSync(join(tmpdir(), 'findings-'))
  const databases = createDatabases(dataDir, maxOpen)
  t.after(() => {
    databases.close()
    rmSync(dataDir, { recursive: true })
  })
  const inventory = inventoryOf(() => databases.current())
  const as = <Result>(teamspaceId: string, work: (inventory: Inventory) => Result): Result =>
    withPrincipal({ kind: 'stdio', teamspaceId, subject: 'test', scopes: [] }, () => work(inventory))
  return { dataDir, databases, inventory, as }
}

const someFinding = (teamspaceId: string) =>
  sampleInventory(teamspaceId).findings.find(({ status }) => status === 'open')!.id
const ACKNOWLEDGEMENT = { by: 'someone', at: '2026-11-01T00:00:00.000Z', note: 'known' }

test('S4-31 the same inventory answers each teamspace from its own database', (t) => {
  const { as } = temporaryDatabases(t)
  const read = ({ findings }: Inventory) => findings.list({}, { limit: 1000 }).map(({ id }) => id)
  for (const teamspaceId of [ACME, GLOBEX, ACME]) {
    assert.deepEqual(
      as(teamspaceId, read),
      sampleInventory(teamspaceId).findings.map(({ id }) => id),
    )
  }
})

test('S4-32 outside a call nothing is opened: it throws, and there is no default teamspace', (t) => {
  const { dataDir, databases, inventory } = temporaryDatabases(t)
  assert.throws(() => databases.current(), /No principal/)
  assert.throws(() => inventory.findings.count(), /No principal/)
  assert.throws(() => inventory.cves.find('SAMPLE-CVE-000000-0001'), /No principal/)
  assert.deepEqual(readdirSync(dataDir), [])
})

test('S4-35 nothing that is made here can be asked for the database of a teamspace by name', (t) => {
  const { databases, inventory } = temporaryDatabases(t)
  assert.deepEqual(Object.keys(databases).sort(), ['close', 'current'])
  assert.equal(databases.current.length, 0)
  assert.deepEqual(Object.keys(inventory).sort(), ['cves', 'dastResults', 'findings', 'packages', 'repositories'])
})

test('S4-43 S4-44 ids that clean up alike have files of their own, in the case of letters too', (t) => {
  const { dataDir, as } = temporaryDatabases(t, 100)
  const firstFinding = ({ findings }: Inventory) => findings.list({}, { limit: 1 })[0]?.id
  const ids = ['acme', 'Acme', 'a.b', 'a b', 'a_b', 'x'.repeat(63), 'x'.repeat(64), '../x', 'zoë', `${ACME}\n`, ACME]
  for (const id of ids) assert.equal(as(id, firstFinding), sampleInventory(id).findings[0]!.id)
  const files = readdirSync(dataDir).filter((file) => file.endsWith('.db'))
  assert.deepEqual(files.sort(), ids.map((id) => `${databaseNameFor(DATABASE_PREFIX, id)}.db`).sort())
  assert.equal(new Set(files.map((file) => file.toLowerCase())).size, ids.length)
})

test('S4-41 S4-45 a reserved or impossible id opens nothing', (t) => {
  const { dataDir, as } = temporaryDatabases(t)
  for (const id of ['_admin', '_adminx', ' ', 'x'.repeat(257)])
    assert.throws(() => as(id, ({ findings }) => findings.count()))
  assert.deepEqual(readdirSync(dataDir), [])
})

test('S4-49 at most maxOpen handles are open, and one that was closed is opened again with what was written', (t) => {
  const { databases, as } = temporaryDatabases(t, 2)
  const id = someFinding(ACME)
  const first = as(ACME, () => databases.current())
  as(ACME, ({ findings }) => findings.acknowledge(id, ACKNOWLEDGEMENT))
  as(GLOBEX, () => databases.current())
  as(randomUUID(), () => databases.current())
  assert.equal(first.isOpen, false)
  assert.equal(as(ACME, ({ findings }) => findings.find(id))?.note, 'known')
})

test('a search takes the words as they are: no pattern, no SQL', (t) => {
  const { as } = temporaryDatabases(t)
  const search = (text: string) => as(ACME, ({ findings }) => findings.search(text, { limit: 1000 }))
  assert.equal(search('%').length, 0)
  assert.equal(search(`x') OR 1=1 --`).length, 0)
  assert.ok(search('sql INJECTION').length > 0)
})
