import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { test } from 'node:test'
import { parse } from 'yaml'
import { z } from 'zod'
import { checkedPolicySchema } from './checked-policy.ts'
import { compilePolicy } from './compile.ts'
import { policyCaseSchema } from './policy-case.ts'
import { NAMES_AS_WRITTEN, resolveNames } from './policy-names.ts'
import { policySchema } from './policy.ts'
import { tryCase } from './try-policy.ts'

const page = await readFile(new URL('../../../../docs/policies.md', import.meta.url), 'utf8')
const example = z.strictObject({
  policy: z.union([z.string(), checkedPolicySchema]),
  cases: z.array(policyCaseSchema).min(1),
})
const examples = [...page.matchAll(/^```yaml\n(.*?)^```$/gms)].map(([, text]) => example.parse(parse(text!)))

test('each example of docs/policies.md is a policy that answers as the page says', () => {
  assert.ok(examples.length >= 8)
  for (const { policy, cases } of examples) {
    if (typeof policy === 'string') continue // the one that shows how to name a file
    const resolved = resolveNames(policy, NAMES_AS_WRITTEN)
    assert.ok('policy' in resolved)
    const compiled = compilePolicy(resolved.policy)
    for (const asked of cases) {
      const answer = tryCase(compiled, asked, Date.UTC(2026, 0, 1))
      assert.equal(answer.passed, true, `${JSON.stringify(asked)}: ${JSON.stringify(answer)}`)
    }
  }
})

test('docs/policies.md names every member of a policy, of a rule and of a case', () => {
  const prose = page.replaceAll(/^```.*?^```$/gms, '')
  const rule = policySchema.shape.rules.element
  const members = [
    policySchema,
    rule,
    rule.shape.who.unwrap(),
    policyCaseSchema,
    policyCaseSchema.shape.caller.unwrap(),
  ]
  const words = [...prose.matchAll(/`([^`\n]+)`/g)].map(([, word]) => word).join(' ')
  for (const name of members.flatMap(({ shape }) => Object.keys(shape))) {
    assert.match(words, new RegExp(`\\b${name}\\b`), name)
  }
})
