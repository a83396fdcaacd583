import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { test } from 'node:test'
import { Client, InMemoryTransport } from '@modelcontextprotocol/client'
import { withPrincipal } from '@sallyport/verifier'
import { call, connect, startFindingsWithEntra } from '../test/findings-with-entra.ts'
import { ACME, ALICE, BOB, GLOBEX } from '../test/local-entra.ts'
import { createFindingsServer } from './findings-server.ts'
import { createDatabases } from './store/databases.ts'
import { inventoryOf } from './store/inventory.ts'
import { drawFrom, pick } from './store/sample/draw.ts'
import { sampleInventory } from './store/sample/sample-inventory.ts'
import { markOf } from './store/sample/sampling.ts'

const CALLS = 1000
const AT_ONCE = 40

test('S4 8 of a thousand interleaved calls of two teamspaces none reads a row of the other', async (t) => {
  const findings = await startFindingsWithEntra()
  t.after(() => findings.close())
  const callers = await Promise.all(
    [ACME, GLOBEX].flatMap((teamspace) =>
      ([{ pin: '2026-07-28' }, 'legacy'] as const).map(async (mode, index) => {
        const accessToken = findings.entra.accessToken(teamspace, [ALICE, BOB][index])
        return { client: await connect(t, findings.url, accessToken, mode), own: teamspace.teamspaceId }
      }),
    ),
  )

  const draw = drawFrom('S4 8')
  const seen = new Map<string, number>()
  let left = CALLS
  const work = async () => {
    while (left-- > 0) {
      const { client, own } = pick(callers, draw)
      const [tool, input] = pick(callsOf(own), draw)
      const pause = draw(4)
      if (pause > 0) await sleep(pause)
      const text = JSON.stringify(await call(client, tool, input))
      const other = own === ACME.teamspaceId ? GLOBEX.teamspaceId : ACME.teamspaceId
      assert.ok(text.includes(markOf(own)) || text.includes(own), `${tool} answered nothing of the caller`)
      assert.ok(!text.includes(markOf(other)) && !text.includes(other), `${tool} answered a row of another teamspace`)
      seen.set(own, (seen.get(own) ?? 0) + 1)
    }
  }
  const outcomes = await Promise.allSettled(Array.from({ length: AT_ONCE }, () => work().finally(() => (left = 0))))
  for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason
  assert.equal(
    [...seen.values()].reduce((sum, count) => sum + count, 0),
    CALLS,
  )
  assert.ok([...seen.values()].every((count) => count > CALLS / 3))

  /** `rescan` waits between its reads, so others run in the middle of it. */
  function callsOf(own: string): readonly (readonly [string, Record<string, unknown>])[] {
    const { id } = firstFindingOf(own)
    return [
      ['rescan', { steps: 1 + draw(3), intervalMs: draw(6) }],
      ['whoami', {}],
      ['get_finding', { id }],
      ['acknowledge_finding', { id, note: own }],
      ['list_sbom_packages', { limit: 3 }],
      ['list_findings', { limit: 3 }],
      ['list_cves', { limit: 3 }],
      ['stats', {}],
    ]
  }
})

const FIRST_FINDINGS = new Map([ACME, GLOBEX].map(({ teamspaceId: id }) => [id, sampleInventory(id).findings[0]!]))
const firstFindingOf = (teamspaceId: string) => FIRST_FINDINGS.get(teamspaceId)!

test('S4 9 a tool that runs outside a call finds no database: it throws, and the caller learns nothing', async (t) => {
  const dataDir = mkdtempSync(join(tmpdir(), 'findings-scope-'))
  const databases = createDatabases(dataDir)
  t.after(() => {
    databases.close()
    rmSync(dataDir, { recursive: true })
  })
  const lines: string[] = []
  const inventory = inventoryOf(() => databases.current())
  const mcpServer = createFindingsServer({ inventory, now: Date.now, log: (line) => lines.push(line) })
  const [ours, theirs] = InMemoryTransport.createLinkedPair()
  const client = new Client({ name: 'test', version: '1.0.0' })
  await Promise.all([mcpServer.connect(ours as never), client.connect(theirs)])
  t.after(() => client.close())

  const { tools } = await client.listTools()
  assert.equal(tools.length, 12)
  for (const { name } of tools) {
    const input = { get_finding: { id: 'SAMPLE-000000-0001' }, acknowledge_finding: { id: 'SAMPLE-000000-0001' } }[name]
    const parameters = input ?? (name === 'search_findings' ? { text: 'any' } : {})
    const { isError, content } = await client.callTool({ name, arguments: parameters })
    assert.ok(isError, name)
    assert.deepEqual(content, [{ type: 'text', text: 'The server could not answer. Try again later.' }])
  }
  assert.equal(lines.length, 12)

  // The same server, in a scope: it was the scope that was missing.
  const principal = { kind: 'stdio', teamspaceId: 'acme', subject: 'test', scopes: [] } as const
  assert.ok(withPrincipal(principal, () => inventory.findings.count()) > 0)
})
