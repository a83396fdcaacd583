import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { databaseFileFor } from './database-file.ts'
import { createDatabases } from './databases.ts'
import { findingsRepository } from './findings-repository.ts'
import { sampleFindings } from './seed.ts'

const ACME = '3f2504e0-4f89-11d3-9a0c-0305e82c3301'
const GLOBEX = '9c5b94b1-35ad-49bb-b118-8e8fc24abf80'

function temporaryDatabases(t: TestContext, maxOpen?: number) {
  const dataDir = mkdtempSync(join(tmpdir(), 'findings-'))
  const databases = createDatabases(dataDir, maxOpen)
  t.after(() => {
    databases.close()
    rmSync(dataDir, { recursive: true })
  })
  const findingsOf = (teamspaceId: string) => findingsRepository(() => databases.open(teamspaceId))
  return { dataDir, databases, findingsOf }
}

test('S4-43 the file of a teamspace is injective, whatever the case of its id', () => {
  const ids = Array.from({ length: 2000 }, () => randomUUID())
  const files = new Set(ids.map((id) => databaseFileFor('/d', id).toLowerCase()))
  assert.equal(files.size, ids.length)
})

test('S4-44 an id of a teamspace that is no lower-case UUID opens nothing', (t) => {
  const { dataDir, databases } = temporaryDatabases(t)
  const others = ['acme', 'Acme', 'a.b', 'a b', '_admin', '', '../x', 'x'.repeat(64), ACME.toUpperCase(), `${ACME}\n`]
  for (const id of others) assert.throws(() => databases.open(id), TypeError)
  for (const id of [undefined, null, 7, [ACME, 'x'], {}]) assert.throws(() => databases.open(id as string), TypeError)
  assert.deepEqual(readdirSync(dataDir), [])
})

test('the findings of a teamspace are always the same, and differ between teamspaces', () => {
  assert.deepEqual(sampleFindings(ACME), sampleFindings(ACME))
  assert.notDeepEqual(sampleFindings(ACME), sampleFindings(GLOBEX))
  for (const { id } of sampleFindings(ACME)) assert.match(id, /^SAMPLE-2026-\d{4}$/)
})

test('S4-49 at most maxOpen handles are open, and one that was closed is opened again with what was written', (t) => {
  const { databases, findingsOf } = temporaryDatabases(t, 2)
  const acme = findingsOf(ACME)
  const first = databases.open(ACME)
  acme.acknowledge('SAMPLE-2026-0001', 'someone', '2026-11-01T00:00:00.000Z', 'known')
  databases.open(GLOBEX)
  databases.open(randomUUID())
  assert.equal(first.isOpen, false)
  assert.equal(acme.find('SAMPLE-2026-0001')?.note, 'known')
})

test('what one teamspace writes, another does not see', (t) => {
  const { findingsOf } = temporaryDatabases(t)
  findingsOf(ACME).acknowledge('SAMPLE-2026-0001', 'someone', '2026-11-01T00:00:00.000Z', 'only here')
  assert.equal(findingsOf(GLOBEX).find('SAMPLE-2026-0001')?.note, null)
  assert.equal(findingsOf(GLOBEX).count(), sampleFindings(GLOBEX).length)
})

test('a search takes the words as they are: no pattern, no SQL', (t) => {
  const acme = temporaryDatabases(t).findingsOf(ACME)
  const limit = 1000
  assert.equal(acme.search('%', { limit }).length, 0)
  assert.equal(acme.search(`x') OR 1=1 --`, { limit }).length, 0)
  assert.ok(acme.search('sql INJECTION', { limit }).length > 0)
})
