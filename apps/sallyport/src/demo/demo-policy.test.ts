import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { test } from 'node:test'
import { parse } from 'yaml'
import { checkedPolicySchema } from '../policies/checked-policy.ts'
import { DEMO_POLICY } from './demo-policy.ts'

const readme = await readFile(new URL('../../../../README.md', import.meta.url), 'utf8')

test('the policy in the README is the one that the demo has', () => {
  const [, text = ''] = /```yaml\n(default: [\s\S]*?)```/.exec(readme) ?? []
  assert.deepEqual(checkedPolicySchema.parse(parse(text)), DEMO_POLICY)
})
