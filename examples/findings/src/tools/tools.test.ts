import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { after, before, describe, test } from 'node:test'
import type { Client } from '@modelcontextprotocol/client'
import { call, connect, type Findings, startFindingsWithEntra } from '../../test/findings-with-entra.ts'
import { ACME, ALICE, GLOBEX } from '../../test/local-entra.ts'
import { type SampleInventory, sampleInventory } from '../store/sample/sample-inventory.ts'
import { markOf } from '../store/sample/sampling.ts'
import { TOOLS } from './tools.ts'

let findings: Findings
before(async () => {
  findings = await startFindingsWithEntra()
})
after(() => findings.close())

const as = (t: Parameters<typeof connect>[0], teamspace: typeof ACME) =>
  connect(t, findings.url, findings.entra.accessToken(teamspace))

/** What each tool is called with; a tool that is not here fails the test below. */
const INPUTS: Record<string, (samples: SampleInventory) => Record<string, unknown>> = {
  whoami: () => ({}),
  list_findings: () => ({ limit: 100 }),
  search_findings: () => ({ text: 'injection', limit: 100 }),
  get_finding: ({ findings: [first] }) => ({ id: first!.id }),
  acknowledge_finding: ({ findings: [first] }) => ({ id: first!.id, note: 'accepted' }),
  export_findings: () => ({ limit: 250 }),
  list_sbom_packages: () => ({ limit: 100 }),
  list_cves: () => ({ limit: 100 }),
  list_dast_results: () => ({ limit: 100 }),
  list_repositories: () => ({ limit: 100 }),
  stats: () => ({}),
  rescan: () => ({ steps: 1, intervalMs: 0 }),
}

test('S4-34 there are twelve tools, and the isolation of each is tested', () => {
  assert.equal(TOOLS.length, 12)
  assert.deepEqual(TOOLS.map(({ name }) => name).sort(), Object.keys(INPUTS).sort())
})

describe('S4-34 with tokens of two teamspaces', () => {
  for (const [name, inputOf] of Object.entries(INPUTS)) {
    test(`${name} answers each with its own rows and nothing of the other`, async (t) => {
      const [acme, globex] = [await as(t, ACME), await as(t, GLOBEX)]
      const ours = JSON.stringify(await call(acme, name, inputOf(sampleInventory(ACME.teamspaceId))))
      const theirs = JSON.stringify(await call(globex, name, inputOf(sampleInventory(GLOBEX.teamspaceId))))
      assertOnlyOf(ours, ACME.teamspaceId, GLOBEX.teamspaceId)
      assertOnlyOf(theirs, GLOBEX.teamspaceId, ACME.teamspaceId)
    })
  }
})

function assertOnlyOf(text: string, own: string, other: string) {
  assert.ok(text.includes(own) || text.includes(markOf(own)), 'nothing in it is of the caller')
  assert.ok(!text.includes(other) && !text.includes(markOf(other)), 'something in it is of another')
}

test('S4-34 the id of another teamspace is as unknown as one that nobody has, for reading and for writing', async (t) => {
  const acme = await as(t, ACME)
  const theirs = sampleInventory(GLOBEX.teamspaceId).findings[0]!.id
  const messageFor = async (name: string, id: string) => {
    const { isError, content } = await acme.callTool({ name, arguments: { id } })
    assert.ok(isError)
    return JSON.stringify(content).replace(id, 'ID')
  }
  for (const name of ['get_finding', 'acknowledge_finding'])
    assert.equal(await messageFor(name, theirs), await messageFor(name, 'SAMPLE-000000-0001'))
  const own = sampleInventory(ACME.teamspaceId).cves[0]!.id
  assert.deepEqual((await call(await as(t, GLOBEX), 'list_cves', { id: own }))['cves'], [])
})

test('S4-34 what one teamspace writes, the other does not see', async (t) => {
  const [acme, globex] = [await as(t, ACME), await as(t, GLOBEX)]
  const before = await call(globex, 'stats')
  const { id } = sampleInventory(ACME.teamspaceId).findings[1]!
  await call(acme, 'acknowledge_finding', { id, note: 'known to acme' })
  assert.equal((await call(acme, 'get_finding', { id }))['acknowledgedBy'], ALICE)
  await call(acme, 'rescan', { steps: 1, intervalMs: 0 })
  assert.deepEqual(await call(globex, 'stats'), before)
})

const LISTS = [
  ['list_findings', 'findings', 'findings'],
  ['list_sbom_packages', 'packages', 'packages'],
  ['list_cves', 'cves', 'cves'],
  ['list_dast_results', 'results', 'dastResults'],
  ['list_repositories', 'repositories', 'repositories'],
] as const

for (const [name, field, table] of LISTS) {
  test(`${name} pages through every row once, in order`, async (t) => {
    const client = await as(t, ACME)
    const rows = await everyPage(client, name, field, { limit: 3 + Math.floor(Math.random() * 40) })
    const keys = sampleInventory(ACME.teamspaceId)[table].map((row) => ('id' in row ? row.id : row.name))
    assert.deepEqual(
      rows.map((row) => row['id'] ?? row['name']),
      keys.sort(),
    )
  })

  test(`${name} refuses a cursor that it did not give, and a page larger than it says`, async (t) => {
    const client = await as(t, ACME)
    const cursor = Buffer.from("' OR 1=1 --").toString('base64url')
    await assert.rejects(call(client, name, { cursor }), /not one that this server gave/)
    await assert.rejects(call(client, name, { limit: 101 }))
    await assert.rejects(call(client, name, { limit: 0 }))
  })
}

async function everyPage(client: Client, name: string, field: string, input: Record<string, unknown>) {
  const rows: Record<string, unknown>[] = []
  let cursor: unknown
  do {
    const page = await call(client, name, { ...input, ...(cursor !== undefined && { cursor }) })
    rows.push(...(page[field] as Record<string, unknown>[]))
    cursor = page['nextCursor']
  } while (cursor !== undefined)
  return rows
}

const FILTERS = [
  ['list_sbom_packages', 'packages', { ecosystem: 'npm', relation: 'direct' }],
  ['list_cves', 'cves', { ecosystem: 'npm' }],
  ['list_dast_results', 'results', { severity: 'medium', status: 'open' }],
  ['list_repositories', 'repositories', { language: 'TypeScript' }],
] as const

for (const [name, field, filter] of FILTERS) {
  test(`${name} keeps to its filters`, async (t) => {
    const client = await as(t, ACME)
    const [all, rows] = [await everyPage(client, name, field, {}), await everyPage(client, name, field, filter)]
    const matching = all.filter((row) => Object.entries(filter).every(([column, value]) => row[column] === value))
    assert.ok(rows.length > 0 && rows.length < all.length)
    assert.deepEqual(rows, matching)
  })
}

test('a package names its CVEs, a CVE the repositories, and a finding the CVE behind it', async (t) => {
  const client = await as(t, ACME)
  const packages = await everyPage(client, 'list_sbom_packages', 'packages', { limit: 100 })
  const used = packages.find(({ cves }) => (cves as string[]).length > 0)!
  const [id] = used['cves'] as string[]
  const [cve] = (await call(client, 'list_cves', { id }))['cves'] as [Record<string, unknown>]
  assert.equal(cve['package'], used['name'])
  assert.ok((cve['repositories'] as string[]).includes(String(used['repository'])))

  const list = { kind: 'dependency', package: used['name'], repository: used['repository'] }
  const [listed] = (await call(client, 'list_findings', list))['findings'] as [Record<string, unknown>]
  const finding = await call(client, 'get_finding', { id: listed['id'] })
  assert.deepEqual(finding['advisory'], cve)
  const [found] = (await call(client, 'list_sbom_packages', { text: String(used['purl']) }))['packages'] as object[]
  assert.deepEqual(found, used)
})

test('what is fixed cannot be acknowledged, and what was acknowledged is overwritten', async (t) => {
  const client = await as(t, ACME)
  const samples = sampleInventory(ACME.teamspaceId).findings
  const fixed = samples.find(({ status }) => status === 'fixed')!
  await assert.rejects(call(client, 'acknowledge_finding', { id: fixed.id }), /not fixed yet/)
  const { id } = samples.findLast(({ status }) => status === 'open')!
  await call(client, 'acknowledge_finding', { id, note: 'first' })
  assert.equal((await call(client, 'acknowledge_finding', { id }))['note'], null)
})

test('every tool describes itself, bounds what it takes, and says what it gives', async (t) => {
  const { tools } = await (await as(t, ACME)).listTools()
  for (const { name, title, description, inputSchema, outputSchema, annotations } of tools) {
    assert.ok(title && description && description.length > 30, name)
    assert.equal(outputSchema?.type, 'object', name)
    assert.equal(annotations?.openWorldHint, false, name)
    for (const [field, schema] of Object.entries(inputSchema.properties ?? {}))
      assert.ok(isBounded(schema as Record<string, unknown>), `${name}.${field} has no bound`)
  }
})

const isBounded = (schema: Record<string, unknown>) =>
  'enum' in schema || 'maxLength' in schema || 'maximum' in schema || /^\^.*\$$/.test(String(schema['pattern']))

test('S4-35 no tool imports what opens a database: they have the inventory and nothing else', () => {
  const folder = new URL('.', import.meta.url)
  for (const file of readdirSync(folder).filter((name) => !name.endsWith('.test.ts'))) {
    const source = readFileSync(new URL(file, folder), 'utf8').replaceAll(/^import type .*$/gm, '')
    assert.doesNotMatch(source, /databases\.ts|select\.ts|node:sqlite|inventoryOf|withPrincipal/, file)
  }
})
