/// <reference types="node" />
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Policy, PolicyRule } from './policy.ts'
import { asPolicy, freeName } from './policy.ts'
import { changesOf, sayChanges } from './policy-changes.ts'

const rule = (name: string, more: Partial<PolicyRule> = {}): PolicyRule => ({ name, effect: 'deny', ...more })
const policy = (...rules: PolicyRule[]): Policy => ({ default: 'deny', rules })
const say = (before: Policy, after: Policy) => sayChanges(changesOf(before, after))

test('the changes of a policy are told by rule, with the default and the order', () => {
  const [a, b, c] = [rule('a'), rule('b'), rule('c')]
  assert.equal(say(policy(a, b), policy(a, rule('b', { tools: ['x'] }), c)), '1 rule added, 1 rule changed')
  assert.equal(say(policy(a, b, c), policy(c)), '2 rules removed')
  assert.equal(say(policy(a, b), policy(b, a)), 'Rules reordered')
  assert.equal(say(policy(a), { ...policy(a), default: 'allow members' }), 'The default changed')
  assert.equal(say(policy(a, b, c), policy(a, c)), '1 rule removed')
})

test('what the form cannot show is no policy, whatever it is', () => {
  assert.ok(asPolicy(policy(rule('a', { who: { roles: ['owner'] }, unless: { scopes: ['s'] } }))))
  const strange = [
    null,
    [],
    'x',
    {},
    { default: 'deny' },
    { default: 'x', rules: [] },
    { default: 'deny', rules: [null] },
    { default: 'deny', rules: [{ name: 'a' }] },
    policy({ ...rule('a'), tools: 'x' } as never),
    policy({ ...rule('a'), who: [] } as never),
    policy({ ...rule('a'), unless: {} } as never),
  ]
  for (const document of strange) assert.equal(asPolicy(document), undefined, JSON.stringify(document))
})

test('a copy of a rule gets a name that no other has', () => {
  assert.equal(freeName('a', []), 'a')
  assert.equal(freeName('a', [rule('a'), rule('a 2')]), 'a 3')
  assert.equal(freeName('a 2', [rule('a 2')]), 'a 3')
  assert.ok(freeName('x'.repeat(80), [rule('x'.repeat(80))]).length <= 80)
})
