import assert from 'node:assert/strict'
import type { TestContext } from 'node:test'
import { verifyChainPage } from '../../../apps/sallyport/src/audit/verify-chain.ts'
import { readJsonLines } from '../../../apps/sallyport/src/cli/read-json-lines.ts'
import type { ImportSummary, ReportLine } from '../../../apps/sallyport/src/provisioning/csv/import-report.ts'
import type { ImportMode } from '../../../apps/sallyport/src/provisioning/csv/import-result.ts'
import { openStore } from '../../../apps/sallyport/src/store/store.ts'
import { freshFile } from '../../support/each-store.ts'
import { ACME } from '../../support/gate.ts'
import { setUpTeamspace, startGateProcess } from '../../support/gate-process.ts'
import type { GateProcess } from '../../support/gate-process.ts'
import { freshDatabase } from '../../support/postgres.ts'
import { TEST_SALLYPORT_KEY } from '../../support/sealing-key.ts'

export const ENGINES = [
  ['SQLite', freshFile],
  ['Postgres', freshDatabase],
] as const

const SEALING_KEY = Buffer.from(TEST_SALLYPORT_KEY, 'base64')
export const fileOf = (people: number): string => {
  const rows = Array.from({ length: people }, (_, number) => {
    return `person${number}@acme.example,dddddddd-0000-4000-8000-${String(number).padStart(12, '0')}`
  })
  return `email,object_id\r\n${rows.join('\r\n')}\r\n`
}

export async function* importLines({ adminUrl, operatorToken }: GateProcess, mode: ImportMode, file: string) {
  const answer = await fetch(`${adminUrl}/api/v1/teamspaces/${ACME.slug}/members/import?mode=${mode}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${operatorToken}`, 'content-type': 'text/csv', accept: 'application/jsonl' },
    body: file,
  })
  assert.equal(answer.status, 200)
  yield* readJsonLines<ReportLine>(answer.body!)
}

export async function importAll(gate: GateProcess, mode: ImportMode, file: string): Promise<ImportSummary> {
  for await (const line of importLines(gate, mode, file)) if ('summary' in line) return line.summary
  return assert.fail('the answer broke off')
}

/** Everybody is there once, with an audit trail that says so and is whole. */
export async function expectPeople(url: string, people: number): Promise<void> {
  const store = await openStore({ url, sealingKey: SEALING_KEY })
  const members = await store.db.selectFrom('member').select(['id', 'teamspace_id']).execute()
  const identities = await store.db.selectFrom('identity').select(['subject', 'member_id']).execute()
  const events = await store.db.selectFrom('audit').select('event').execute()
  const chain = await verifyChainPage(store, members[0]!.teamspace_id, { limit: 20_000 })
  await store.close()
  assert.deepEqual([members.length, identities.length], [people, people])
  assert.equal(new Set(identities.map(({ subject }) => subject)).size, people)
  assert.equal(new Set(identities.map(({ member_id }) => member_id)).size, people)
  assert.equal(events.filter(({ event }) => event.includes('"member.add"')).length, people)
  assert.ok(chain.isWhole, JSON.stringify(chain.problem))
}

export async function beginImports(t: TestContext, fresh: typeof freshDatabase) {
  const { url, drop } = await fresh()
  t.after(drop)
  const gate = await startGateProcess(url)
  t.after(() => gate.kill())
  await setUpTeamspace(gate)
  return { url, gate }
}
