import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { test } from 'node:test'
import { parse } from 'yaml'
import { checkedPolicySchema } from '../policies/checked-policy.ts'
import { DEMO_POLICY } from './demo-policy.ts'

const readme = await readFile(new URL('../../../../README.md', import.meta.url), 'utf8')

test('the policy in the README is one, and the demo has all its rules', () => {
  const [, text = ''] = /```yaml\n(default: [\s\S]*?)```/.exec(readme) ?? []
  const policy = checkedPolicySchema.parse(parse(text))
  assert.equal(policy.rules.length, 3)
  assert.deepEqual(policy.rules, DEMO_POLICY.rules.slice(0, 3))
})
