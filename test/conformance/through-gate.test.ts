import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { ACME, startGate } from '../support/gate.ts'
import { compareConformance } from './compare.ts'
import type { Requirements } from './run-suite.ts'
import { startTokenShim } from './token-shim.ts'
import { startUpstream } from './upstream.ts'

const atLeast: Record<Requirements, number> = { '2025-11-25': 75, '2026-07-28': 130 }

// Side by side, so each has an upstream and a gate of its own: see `compareConformance`.
describe('X-40 … X-48 the conformance suite', { concurrency: true }, () => {
  for (const requirements of ['2025-11-25', '2026-07-28'] as const) {
    test(`loses no check of ${requirements} on its way through the gate`, async (t) => {
      const upstream = await startUpstream()
      const gate = await startGate({ servers: () => fixtures(upstream.url) })
      const accessToken = await gate.tokenFor(ACME.ada.email)
      const shim = await startTokenShim({ target: `${gate.publicUrl}/mcp`, accessToken: () => accessToken })
      t.after(async () => {
        await shim.close()
        await gate.close()
        await upstream.close()
      })

      const { worse, checks } = await compareConformance({ direct: upstream.url, through: shim.url, requirements })
      assert.deepEqual(worse, [])
      assert.ok(checks.length >= atLeast[requirements], `only ${checks.length} checks ran`)
      // Ran at all, with foreign Host and Origin values that reached the gate as they were.
      assert.ok(checks.some(({ scenario }) => scenario === 'dns-rebinding-protection'))
      assert.ok(checks.every(({ through }) => through !== undefined))
    })
  }
})

const fixtures = (upstream: string) => `servers:
  fixtures:
    path: /mcp
    upstream: ${upstream}
    outbound: { kind: none }
`
