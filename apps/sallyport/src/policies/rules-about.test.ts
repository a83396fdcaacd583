import assert from 'node:assert/strict'
import { test } from 'node:test'
import { compilePolicy } from './compile.ts'
import type { CompiledRule } from './compile.ts'
import type { Action } from './decision.ts'
import { rememberAbout } from './rules-about.ts'

const action = (changes: Partial<Action>): Action => ({
  ...{ server: 's', kind: 'tool', method: 'tools/call', target: 'a', toolClass: 'read', args: {}, bytes: 0 },
  request: { address: '', at: 0 },
  ...changes,
})

const rulesOf = () =>
  compilePolicy({ default: 'deny', rules: [{ name: 'a', effect: 'allow', tools: ['a'] }] }).rulesFor('s')

test('what a rule is about is found out once for each thing that messages name, and never taken from another', () => {
  const rules = rulesOf()
  const actions = [
    action({}),
    action({ target: 'b' }),
    action({ target: undefined }),
    action({ target: '' }),
    action({ toolClass: undefined }),
    action({ toolClass: 'write' }),
    action({ kind: 'prompt' }),
    action({ method: 'x a', target: 'b' }),
    action({ method: 'x', target: 'a b' }),
    action({ method: 'x a b', target: undefined }),
    action({ method: 'a', target: undefined }),
  ]
  const answers = actions.map((asked) => rememberAbout(rules, asked, () => [...rules]))
  assert.equal(new Set(answers).size, actions.length)
  const never = (): readonly CompiledRule[] => assert.fail('asked again')
  actions.forEach((asked, index) => assert.equal(rememberAbout(rules, asked, never), answers[index]))
  assert.notEqual(
    rememberAbout(rulesOf(), actions[0]!, () => []),
    answers[0],
  )
})

test('names without end are not remembered, and made-up ones push each other out', () => {
  const rules = rulesOf()
  let asked = 0
  const ask = (target: string) => rememberAbout(rules, action({ target }), () => (asked++, rules))
  for (const target of ['x'.repeat(257), 'x'.repeat(257)]) ask(target)
  assert.equal(asked, 2)
  for (let index = 0; index < 1000; index++) ask(`made up ${index}`)
  ask('made up 0')
  assert.equal(asked, 1003)
})

test('of one thing few ways to name it are remembered', () => {
  const rules = rulesOf()
  let asked = 0
  const ask = (method: string) => rememberAbout(rules, action({ method }), () => (asked++, rules))
  for (let index = 0; index < 1000; index++) ask(`made up ${index}`)
  ask('made up 999')
  assert.equal(asked, 1000)
  ask('made up 0')
  assert.equal(asked, 1001)
})
