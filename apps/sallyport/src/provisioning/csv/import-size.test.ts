import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { forEachStore } from '../../../../../test/support/each-store.ts'
import { aConnectedTeamspace, accepted, editorOf } from '../../teamspaces/acme.fixture.ts'
import { MAX_ROWS, ROWS_AT_ONCE } from './csv-bounds.ts'
import { importMembers } from './import-members.ts'
import { gatherReport } from './import-report.ts'
import { readCsv } from './read-csv.ts'

const people = Array.from({ length: MAX_ROWS }, (_, index) => `p${index}@acme.example,${randomUUID()}`)
const FILE = Buffer.from(`email,object_id\n${people.join('\n')}\n`)

forEachStore('B-01 f 10,000 rows: others have their turns between the chunks', async (t, open) => {
  const store = await open()
  await aConnectedTeamspace(store, 'acme')
  for (const mode of ['all-or-nothing', 'each-row'] as const) {
    const file = accepted(await readCsv(new Blob([FILE]).stream()))
    const options = { id: 'import', mode, allowRoles: false }
    let turns = 0
    const timer = setInterval(() => (turns += 1), 1)
    t.after(() => clearInterval(timer))
    const report = await gatherReport(importMembers(editorOf(store), 'acme', file.rows, options), { file, options })
    clearInterval(timer)
    const { counts } = accepted(report)
    assert.equal(mode === 'all-or-nothing' ? counts.added : counts.already, MAX_ROWS)
    assert.ok(turns >= MAX_ROWS / ROWS_AT_ONCE / 2, `${turns} turns`)
  }
  const { count } = await store.db
    .selectFrom('member')
    .select((row) => row.fn.countAll().as('count'))
    .executeTakeFirstOrThrow()
  assert.equal(Number(count), MAX_ROWS)
})
