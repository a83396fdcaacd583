import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { TestContext } from 'node:test'
import type { Policy } from '../../apps/sallyport/src/policies/policy.ts'
import { ACME, startGate } from '../support/gate.ts'
import type { TestGate } from '../support/gate.ts'
import { compareResults } from './compare.ts'
import { runSuite } from './run-suite.ts'
import type { Requirements, SuiteResults } from './run-suite.ts'
import { startTokenShim } from './token-shim.ts'
import { startUpstream } from './upstream.ts'

const atLeast: Record<Requirements, number> = { '2025-11-25': 75, '2026-07-28': 130 }

/** Nothing is allowed by default, and everything by name: each message is judged and each list is filtered. */
const ALLOWING_ALL: Policy = {
  default: 'deny',
  rules: [
    { name: 'all tools', effect: 'allow', tools: ['*'] },
    { name: 'all prompts', effect: 'allow', prompts: ['*'] },
    { name: 'all resources', effect: 'allow', resources: ['*'] },
    { name: 'all methods', effect: 'allow', methods: ['*'] },
  ],
}

// Side by side, so each has an upstream and a gate of its own. One after the other with each of them: a change that one
// run triggers is announced to every subscriber, so two at once would meet.
describe('X-40 … X-48 the conformance suite', { concurrency: true }, () => {
  for (const requirements of ['2025-11-25', '2026-07-28'] as const) {
    test(`answers of ${requirements} what it answers without the gate, and also under a policy that allows all`, async (t) => {
      const { direct, through, gate } = await startBoth(t)
      const expected = await runSuite(direct, requirements)
      assertSame(expected, await runSuite(through, requirements), requirements)

      await gate.admin.setPolicy(ACME.slug, ALLOWING_ALL)
      assertSame(expected, await runSuite(through, requirements), requirements)
      await assertWasJudged(gate)
    })
  }
})

async function startBoth(t: TestContext) {
  const upstream = await startUpstream()
  const gate = await startGate({ servers: () => fixtures(upstream.url) })
  const accessToken = await gate.tokenFor(ACME.ada.email)
  const shim = await startTokenShim({ target: `${gate.publicUrl}/mcp`, accessToken: () => accessToken })
  t.after(async () => {
    await shim.close()
    await gate.close()
    await upstream.close()
  })
  return { direct: upstream.url, through: shim.url, gate }
}

const fixtures = (upstream: string) => `servers:
  fixtures:
    path: /mcp
    upstream: ${upstream}
    outbound: { kind: none }
`

function assertSame(direct: SuiteResults, through: SuiteResults, requirements: Requirements): void {
  const { worse, better, checks } = compareResults(direct, through)
  assert.deepEqual([worse, better], [[], []])
  assert.ok(checks.length >= atLeast[requirements], `only ${checks.length} checks ran`)
  // Ran at all, with foreign Host and Origin values that reached the gate as they were.
  assert.ok(checks.some(({ scenario }) => scenario === 'dns-rebinding-protection'))
  assert.ok(checks.every((check) => check.through !== undefined))
}

/** That the policy was in force, or the second run would say what the first has said. */
async function assertWasJudged(gate: TestGate): Promise<void> {
  await gate.sallyport.flushAudit()
  const { events } = await gate.admin.must('GET', '/audit?limit=1000')
  const calls = events.filter(({ kind, decision }: any) => kind === 'call' && decision === 'allowed')
  const rules = new Set(calls.map(({ rule }: any) => rule))
  for (const { name } of ALLOWING_ALL.rules) assert.ok(rules.has(`rule ${name}`), [...rules].join(', '))
}
