import assert from 'node:assert/strict'
import { test } from 'node:test'
import { decodeJwt } from 'jose'
import { createIdentitySigner } from '../../exchange/signed-identity.ts'
import { createSigningKeyRow, openSigningKey } from '../../exchange/signing-key.ts'
import { GateFault } from '../../outcome/fault.ts'
import { createSealer } from '../../store/sealer.ts'
import { createMetrics } from '../../telemetry/metrics.ts'
import type { EquippedCall, LimitedCall } from '../call.ts'
import type { Principal } from '../principal.ts'
import { exchange } from './exchange.ts'
import type { ExchangeDeps } from './exchange.ts'

const NOW = 1_800_000_000_000
const sealer = createSealer(new Uint8Array(32).fill(9))
const key = openSigningKey(createSigningKeyRow(1, NOW, sealer), sealer)
const ACME = { id: 'team-1', slug: 'acme', name: 'Acme', createdAt: NOW }

const depsWith = (findById: ExchangeDeps['teamspaces']['findById']) =>
  ({
    identities: createIdentitySigner({ keys: { current: () => key }, issuer: 'https://mcp.example', now: () => NOW }),
    teamspaces: { findById },
    metrics: createMetrics(),
  }) as Partial<ExchangeDeps> as ExchangeDeps

const callOf = (principal: Principal, proof: object) =>
  ({
    server: {
      outbound: { kind: 'signed-identity', audience: 'https://findings.internal/mcp', header: 'authorization' },
    },
    record: {},
    accessToken: 'mcpt_the-callers-own',
    principal,
    proof,
  }) as unknown as LimitedCall

const TOKEN: Principal = {
  kind: 'mcp_token',
  id: 'token-1',
  teamspaceId: 'team-1',
  name: 'CI',
  role: 'developer',
  countedAs: 't:x',
}
const PROOF = { kind: 'token', subject: 'token-1', teamspaceId: 'team-1', scopes: ['tools:read'] }

const shown = (call: EquippedCall) => decodeJwt(call.credential!.value.slice('Bearer '.length))

test('B-10 an MCP token is shown as itself, with the member who holds it when there is one', async () => {
  const deps = depsWith(() => ACME)
  const {
    sub,
    kind,
    member_id: memberId,
    ...said
  } = shown((await exchange(callOf(TOKEN, PROOF), deps)) as EquippedCall)
  assert.deepEqual([sub, kind, memberId], ['token-1', 'mcp_token', undefined])
  assert.deepEqual(
    [said['teamspace'], said['role'], said['scope'], said['email']],
    ['acme', 'developer', 'tools:read', undefined],
  )

  const held = { ...TOKEN, memberId: 'member-1' }
  const ofMember = shown((await exchange(callOf(held, PROOF), deps)) as EquippedCall)
  assert.deepEqual([ofMember.sub, ofMember['member_id']], ['token-1', 'member-1'])
})

test('B-10 nothing is signed for callers of whom nothing was proven, whatever teamspace their path names', async () => {
  for (const id of ['gateway', 'anonymous'] as const) {
    const principal: Principal = { kind: id, id, teamspaceId: 'team-1', role: undefined, countedAs: undefined }
    const call = callOf(principal, { kind: id === 'gateway' ? 'gateway' : 'none' })
    await assert.rejects(
      async () =>
        exchange(
          call,
          depsWith(() => ACME),
        ),
      (fault) => fault instanceof GateFault && fault.code === 'exchange_misconfigured',
    )
  }
})

test('a teamspace that cannot be looked up is a fault, and the call goes nowhere', async () => {
  const down = depsWith(() => Promise.reject(new Error('down')))
  await assert.rejects(
    async () => exchange(callOf(TOKEN, PROOF), down),
    (fault) => fault instanceof GateFault && fault.code === 'store_unavailable',
  )
})
