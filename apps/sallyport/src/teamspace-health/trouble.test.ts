import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { TeamspaceState } from './teamspace-state.ts'
import { findHealth, toHealth } from './teamspace-health.ts'
import { troublesOf } from './trouble.ts'

const NOW = Date.UTC(2026, 4, 6, 12)
const DAY = 24 * 3_600_000

const state = (more: Partial<TeamspaceState> = {}): TeamspaceState => ({
  slug: 'acme',
  name: 'Acme',
  createdAt: 0,
  members: 1,
  connections: [],
  calls: [],
  groupSync: undefined,
  scimSeenAt: undefined,
  ...more,
})
const codes = (more: Partial<TeamspaceState>) => troublesOf(state(more), NOW).map(({ code }) => code)
const calls = (count: number, denied = 0, faults = 0, server = 'tools') => ({ server, calls: count, denied, faults })
const entra = (outcome?: 'ok' | 'unreachable', isStale = false) =>
  ({ kind: 'entra', lastTest: outcome && { outcome, isStale } }) as const

test('nothing is wrong where nothing is, nor where all goes well', () => {
  assert.deepEqual(codes({}), [])
  assert.deepEqual(
    codes({
      connections: [entra('ok')],
      calls: [calls(1_000, 10, 4)],
      groupSync: { isHeld: false, lastOutcome: 'succeeded' },
      scimSeenAt: NOW - 3 * DAY,
    }),
    [],
  )
})

test('a connection is trouble while its test fails, and worth a look while nobody has shown that it works', () => {
  const letIn = [calls(2, 1)]
  assert.deepEqual(codes({ connections: [entra('unreachable')] }), ['connection_failed'])
  assert.deepEqual(codes({ connections: [entra('unreachable')], calls: letIn }), ['connection_failed'])
  assert.deepEqual(codes({ connections: [entra()] }), ['connection_untested'])
  assert.deepEqual(codes({ connections: [entra('unreachable', true)] }), ['connection_changed'])
  assert.deepEqual(codes({ connections: [entra()], calls: letIn }), [], 'a call showed it')
  assert.deepEqual(codes({ connections: [entra()], calls: [calls(2, 1, 1)] }), ['connection_untested'])
})

test('calls that fail are trouble from one in ten on, by server, and single ones are not', () => {
  assert.deepEqual(codes({ calls: [calls(4, 0, 4)] }), [])
  assert.deepEqual(codes({ calls: [calls(51, 0, 5)] }), [])
  const some = [calls(1_000), calls(10, 0, 5, 'gone'), calls(5, 0, 5, '')]
  assert.deepEqual(troublesOf(state({ calls: some }), NOW), [
    { code: 'calls_failing', severity: 'broken', servers: ['gone'] },
  ])
  assert.deepEqual(codes({ calls: [calls(39, 19), calls(1, 1, 0, '')] }), ['calls_refused'])
  assert.deepEqual(codes({ calls: [calls(19, 19)] }), [])
})

test('a group sync that waits or failed, and a SCIM client that has gone quiet, are warnings', () => {
  assert.deepEqual(codes({ groupSync: { isHeld: true, lastOutcome: 'failed' } }), ['group_sync_held'])
  assert.deepEqual(codes({ groupSync: { isHeld: false, lastOutcome: 'failed' } }), ['group_sync_failed'])
  assert.deepEqual(codes({ groupSync: { isHeld: false, lastOutcome: undefined } }), [])
  assert.deepEqual(troublesOf(state({ scimSeenAt: NOW - 5 * DAY }), NOW), [
    { code: 'scim_silent', severity: 'warning', since: NOW - 5 * DAY },
  ])
})

test('trouble is on top: the worst, then the most, then where most calls fail; all of it can be searched', () => {
  const all = toHealth(
    [
      state({ slug: 'quiet', name: 'Quiet' }),
      state({ slug: 'busy', name: 'Busy', calls: [calls(100, 1)] }),
      state({ slug: 'noted', name: 'Noted', connections: [entra()] }),
      state({ slug: 'warned', name: 'Warned', scimSeenAt: 0 }),
      state({ slug: 'twice', name: 'Twice', scimSeenAt: 0, groupSync: { isHeld: true, lastOutcome: 'held' } }),
      state({ slug: 'down', name: 'Down', connections: [entra('unreachable')], scimSeenAt: 0 }),
    ],
    NOW,
  )
  const slugs = (more: object = {}) =>
    findHealth(all, { troubled: false, limit: 50, ...more }).teamspaces.map(({ slug }) => slug)
  assert.deepEqual(slugs(), ['down', 'twice', 'warned', 'noted', 'busy', 'quiet'])
  assert.deepEqual(
    all[0]!.troubles.map(({ severity }) => severity),
    ['broken', 'warning'],
  )
  assert.deepEqual(slugs({ troubled: true, limit: 3 }), ['down', 'twice', 'warned'])
  assert.deepEqual(slugs({ search: 'QUI' }), ['quiet'])
  const { found, counts } = findHealth(all, { troubled: true, limit: 1, search: 'n' })
  assert.deepEqual([found, counts], [3, { teamspaces: 6, broken: 1, warning: 2, note: 1 }])
})
