import assert from 'node:assert/strict'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { databaseNameFor } from '@sallyport/verifier'
import { setTimeout as sleep } from 'node:timers/promises'
import { after, before, test } from 'node:test'
import type { Client } from '@modelcontextprotocol/client'
import { call, connect, type Findings, startFindingsWithEntra } from '../test/findings-with-entra.ts'
import { ACME } from '../test/local-entra.ts'
import type { Finding } from './store/finding.ts'
import { sampleInventory } from './store/sample/sample-inventory.ts'

const UNKNOWN = 'SAMPLE-000000-9999'
const SAMPLES = sampleInventory(ACME.teamspaceId)

let findings: Findings
before(async () => {
  findings = await startFindingsWithEntra()
})
after(() => findings.close())

async function pages(client: Client, tool: string, parameters: Record<string, unknown>) {
  const found: Record<string, unknown>[] = []
  let cursor: unknown
  do {
    found.push(await call(client, tool, { ...parameters, ...(cursor !== undefined && { cursor }) }))
    cursor = found.at(-1)?.['nextCursor']
  } while (cursor !== undefined)
  return found
}

const idsIn = (found: Record<string, unknown>[]) =>
  found.flatMap((page) => (page['findings'] as Finding[]).map(({ id }) => id))

test('paging lists every finding once, and filters hold on every page', async (t) => {
  const client = await connect(t, findings.url, findings.entra.accessToken())
  const all = SAMPLES.findings
  assert.deepEqual(
    idsIn(await pages(client, 'list_findings', { limit: 100 })),
    all.map(({ id }) => id),
  )

  const high = all.filter(({ severity, status }) => severity === 'high' && status === 'open').map(({ id }) => id)
  assert.deepEqual(idsIn(await pages(client, 'list_findings', { limit: 7, severity: 'high', status: 'open' })), high)

  const injections = all.filter(({ title }) => title.includes('SQL injection')).map(({ id }) => id)
  assert.deepEqual(idsIn(await pages(client, 'search_findings', { limit: 10, text: 'sql injection' })), injections)
})

test('an export is large, one JSON document a line', async (t) => {
  const client = await connect(t, findings.url, findings.entra.accessToken())
  const { content } = await client.callTool({ name: 'export_findings', arguments: { limit: 250 } })
  const [block] = content
  assert.ok(block?.type === 'text' && block.text.length > 80_000)
  assert.equal(block.text.split('\n').map((line) => JSON.parse(line) as Finding).length, 250)
})

test('what is out of bounds, unknown or made up is refused without a fault', async (t) => {
  const client = await connect(t, findings.url, findings.entra.accessToken())
  const refused = (name: string, parameters: Record<string, unknown>) => assert.rejects(call(client, name, parameters))
  await refused('list_findings', { limit: 101 })
  await refused('list_findings', { cursor: 'bm90IG91cnM' })
  await refused('list_findings', { severity: 'disastrous' })
  await refused('get_finding', { id: UNKNOWN })
  await refused('get_finding', { id: "x' OR 1=1" })
  await refused('acknowledge_finding', { id: UNKNOWN })
  await refused('acknowledge_finding', { id: SAMPLES.findings[0]!.id, note: 'x'.repeat(1001) })
  await refused('rescan', { steps: 51 })
  await refused('rescan', { intervalMs: 501 })
})

for (const mode of [{ pin: '2026-07-28' }, 'legacy'] as const) {
  test(`progress of a scan arrives while it runs, not at its end (${JSON.stringify(mode)})`, async (t) => {
    const client = await connect(t, findings.url, findings.entra.accessToken(), mode)
    const seen: number[] = []
    const onprogress = () => void seen.push(performance.now())
    await client.callTool({ name: 'rescan', arguments: { steps: 4, intervalMs: 100 } }, { onprogress })
    assert.equal(seen.length, 4)
    assert.ok(seen[3]! - seen[0]! > 200, 'the notifications came in one burst')
  })
}

test('a scan whose caller goes away stops, and leaves no record', async (t) => {
  const client = await connect(t, findings.url, findings.entra.accessToken(), { pin: '2026-07-28' })
  const database = new DatabaseSync(join(findings.dataDir, `${databaseNameFor('findings', ACME.teamspaceId)}.db`), {
    readOnly: true,
  })
  t.after(() => database.close())
  const scans = () => database.prepare('SELECT count(*) AS count FROM scan').get()?.['count']
  const before = scans()
  const caller = new AbortController()
  const call = client.callTool({ name: 'rescan', arguments: { steps: 4, intervalMs: 50 } }, { signal: caller.signal })
  setTimeout(() => caller.abort(), 60)
  await assert.rejects(call)
  await sleep(300)
  assert.equal(scans(), before)
})

test('annotations tell reading from writing, and what overwrites is called destructive', async (t) => {
  const client = await connect(t, findings.url, findings.entra.accessToken())
  const { tools } = await client.listTools()
  const writing = tools.filter(({ annotations }) => annotations?.readOnlyHint !== true)
  assert.deepEqual(
    writing.map(({ name, annotations }) => [name, annotations?.destructiveHint, annotations?.idempotentHint]),
    [
      ['acknowledge_finding', true, true],
      ['rescan', false, false],
    ],
  )
})

test('resources and the prompt are served, and an unknown resource is an error', async (t) => {
  const client = await connect(t, findings.url, findings.entra.accessToken())
  const { contents } = await client.readResource({ uri: 'findings://summary' })
  assert.equal(JSON.parse((contents[0] as { text: string }).text).total, SAMPLES.findings.length)
  const one = await client.readResource({ uri: `findings://finding/${SAMPLES.findings[2]!.id}` })
  assert.equal(JSON.parse((one.contents[0] as { text: string }).text).id, SAMPLES.findings[2]!.id)
  await assert.rejects(client.readResource({ uri: `findings://finding/${UNKNOWN}` }))
  const { messages } = await client.getPrompt({ name: 'triage', arguments: { severity: 'high' } })
  assert.match(JSON.stringify(messages), /severity high/)
})
