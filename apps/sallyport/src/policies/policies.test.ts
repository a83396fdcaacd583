import assert from 'node:assert/strict'
import { test } from 'node:test'
import { forEachStore } from '../../../../test/support/each-store.ts'
import type { Change } from '../store/change-feed.ts'
import type { Store } from '../store/store.ts'
import { aTeamspace, accepted, editorOf } from '../teamspaces/acme.fixture.ts'
import { removeTeamspace } from '../teamspaces/remove-teamspace.ts'
import { diffPolicies } from './policy-diff.ts'
import { createPolicyLookup } from './policy-lookup.ts'
import { policyRepository } from './policy-repository.ts'
import { policySchema } from './policy.ts'
import type { Policy } from './policy.ts'
import { removePolicy, setPolicy } from './set-policy.ts'
import type { Replaces } from './set-policy.ts'
import { listAudit } from '../../../../test/support/list-audit.ts'

const policy = (...rules: object[]): Policy => policySchema.parse({ default: 'deny', rules })
const ALLOW = { name: 'reads', effect: 'allow', classes: ['read'] }
const DENY = { name: 'no drops', effect: 'deny', tools: ['drop_*'] }

const set = (store: Store, document: Policy, replaces: Replaces | null = 'any', slug = 'acme') =>
  setPolicy(editorOf(store), slug, document, replaces ?? undefined)

forEachStore('a policy is kept whole, with a version that never comes back', async (_t, open) => {
  const store = await open()
  const { id } = await aTeamspace(store, 'acme')
  const find = () => policyRepository(store.db, id).find()
  assert.equal(await find(), undefined)
  assert.equal(accepted(await set(store, policy(ALLOW), null)).version, 1)
  assert.equal(accepted(await set(store, policy(ALLOW, DENY), [1])).version, 2)
  assert.deepEqual(await find(), {
    document: policy(ALLOW, DENY),
    version: 2,
    updatedAt: 1_800_000_000_000,
    updatedBy: 'operator',
  })
  assert.deepEqual(await removePolicy(editorOf(store), 'acme', undefined), { removed: true })
  assert.deepEqual(await removePolicy(editorOf(store), 'acme', undefined), { removed: false })
  assert.deepEqual((await find())?.document, { default: 'allow members', rules: [] })
  assert.equal(accepted(await set(store, policy(ALLOW), [3])).version, 4)
  accepted(await removeTeamspace(editorOf(store), 'acme'))
  assert.equal(await find(), undefined)
})

forEachStore('a change names the version that it replaces, once there is one', async (_t, open) => {
  const store = await open()
  await aTeamspace(store, 'acme')
  const codeOf = (outcome: object) => ('refused' in outcome ? (outcome.refused as { code: string }).code : 'accepted')
  assert.equal(codeOf(await set(store, policy(), [1])), 'precondition_failed')
  assert.equal(codeOf(await set(store, policy(), [0])), 'accepted')
  assert.equal(codeOf(await set(store, policy(ALLOW), null)), 'precondition_required')
  for (const stale of [[], [0], [2]])
    assert.equal(codeOf(await set(store, policy(ALLOW), stale)), 'precondition_failed')
  assert.equal(codeOf(await set(store, policy(ALLOW), [7, 1])), 'accepted')
  assert.equal(codeOf(await removePolicy(editorOf(store), 'acme', [1])), 'precondition_failed')
  assert.equal(codeOf(await removePolicy(editorOf(store), 'acme', [2])), 'accepted')
  assert.equal(codeOf(await set(store, policy(), null)), 'precondition_required')
  assert.equal(codeOf(await set(store, policy(), 'any', 'nowhere')), 'not_found')
})

forEachStore('of two changes at once, one wins and the other is told', async (_t, open) => {
  const store = await open()
  const { id } = await aTeamspace(store, 'acme')
  accepted(await set(store, policy()))
  const both = await Promise.all([set(store, policy(ALLOW), [1]), set(store, policy(DENY), [1])])
  assert.equal(both.filter((outcome) => 'refused' in outcome).length, 1)
  assert.equal((await policyRepository(store.db, id).find())?.version, 2)
})

forEachStore('the audit trail has the rules that differ, and the default', async (_t, open) => {
  const store = await open()
  const { id } = await aTeamspace(store, 'acme')
  const changes: Change[] = []
  store.changes.subscribe((change) => changes.push(change))
  accepted(await set(store, policy(ALLOW, DENY)))
  accepted(await set(store, policy(ALLOW, DENY)))
  const stricter = { ...ALLOW, tools: ['get_*'] }
  accepted(await set(store, { ...policy(stricter, DENY), default: 'allow members' }))
  const [last, first, ...others] = (await listAudit(store, { teamspaceId: id, limit: 9 })).filter(
    ({ action }) => action === 'policy.changed',
  )
  assert.deepEqual(others, [], 'saving what is in force is no change')
  assert.deepEqual(first?.after, policy(ALLOW, DENY))
  assert.deepEqual(last?.before, policy(ALLOW))
  assert.deepEqual(last?.after, { ...policy(stricter), default: 'allow members' })
  assert.deepEqual(changes, [
    { kind: 'policy', teamspaceId: id },
    { kind: 'policy', teamspaceId: id },
  ])
})

test('a difference in the order of rules is a difference', () => {
  assert.deepEqual(diffPolicies(policy(ALLOW, DENY), policy(DENY, ALLOW)), { before: policy(), after: policy() })
  assert.equal(diffPolicies(policy(ALLOW), policy(ALLOW)), undefined)
})

forEachStore('the look-up knows what is in force, each teamspace by itself', async (_t, open) => {
  const store = await open()
  const [acme, globex] = [await aTeamspace(store, 'acme'), await aTeamspace(store, 'globex')]
  const lookup = createPolicyLookup(store)
  const found = async () => [(await lookup.find(acme.id))?.allowsMembers, (await lookup.find(globex.id))?.allowsMembers]
  assert.deepEqual(await found(), [undefined, undefined])
  accepted(await set(store, policy()))
  assert.deepEqual(await found(), [false, undefined])
  accepted(await set(store, { default: 'allow members', rules: [], askForAllScopes: true }))
  assert.deepEqual(await found(), [true, undefined])
  accepted(await set(store, { default: 'allow members', rules: [] }))
  assert.deepEqual(await found(), [undefined, undefined], 'the default decides nothing')
  accepted(await set(store, policy(ALLOW)))
  const known = lookup.find(acme.id)
  await known
  assert.equal(lookup.find(acme.id), await known, 'compiled once, and here at once')
  accepted(await removePolicy(editorOf(store), 'acme', 'any'))
  assert.deepEqual(await found(), [undefined, undefined])
})

forEachStore('a policy that cannot be read any more is a fault, and never "allowed"', async (_t, open) => {
  const store = await open()
  const [acme, globex] = [await aTeamspace(store, 'acme'), await aTeamspace(store, 'globex')]
  accepted(await set(store, policy(ALLOW)))
  const lookup = createPolicyLookup(store)
  const broken = [
    '{',
    'null',
    '[]',
    '{"default":"allow","rules":[]}',
    '{"default":"deny","rules":[],"later":1}',
    JSON.stringify(policy({ ...ALLOW, when: 'gone(args.x)' })),
  ]
  for (const document of broken) {
    await store.transaction(async (tx) => {
      await tx.db.updateTable('policy').set({ document }).execute()
      tx.changed({ kind: 'policy', teamspaceId: acme.id })
    })
    for (const _ of [1, 2]) await assert.rejects(async () => lookup.find(acme.id), Error, document)
    assert.equal(await lookup.find(globex.id), undefined)
  }
  accepted(await set(store, policy(ALLOW)))
  assert.equal((await lookup.find(acme.id))?.allowsMembers, false)
})
