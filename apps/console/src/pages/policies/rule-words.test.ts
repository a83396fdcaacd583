/// <reference types="node" />
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { PolicyRule } from './policy.ts'
import { plain, sayRule } from './rule-words.ts'

const names = { member: (id: string) => `${id}@acme.example`, token: (id: string) => `token ${id}` }
const say = (rule: Omit<PolicyRule, 'name'>) => plain(sayRule({ name: 'x', ...rule }, names))

test('a rule is read as a sentence that says all it states', () => {
  assert.equal(say({ effect: 'allow' }), 'Allow everything to everybody.')
  assert.equal(
    say({ effect: 'deny', tools: ['drop_*'], servers: ['db'], who: { roles: ['developer'] } }),
    'Deny the tool drop_* on db for developers.',
  )
  assert.equal(
    say({ effect: 'allow', classes: ['read', 'write'], who: { roles: ['owner', 'admin'], scopes: ['a', 'b'] } }),
    'Allow tools of class read or write to owners and admins and whoever has the scopes a and b.',
  )
  assert.equal(
    say({ effect: 'deny', tools: ['a', 'b'], classes: ['write'], prompts: ['p'], resources: ['file:///*'] }),
    'Deny the tools a and b of class write, the prompt p and the resource file:///* for everybody.',
  )
  assert.equal(
    say({ effect: 'deny', methods: ['tasks/*'], who: { tokens: ['*'] }, unless: { scopes: ['s'] } }),
    'Deny messages by tasks/* for any MCP token, unless they have the scope s.',
  )
  assert.equal(
    say({ effect: 'allow', who: { members: ['ada'], tokens: ['ci'], groups: ['g1', 'g2'] } }),
    'Allow everything to people of the group g1 or g2, ada@acme.example and the MCP token token ci.',
  )
})

test('a long list is cut, and says how much more there is', () => {
  const tools = ['a', 'b', 'c', 'd', 'e', 'f']
  assert.equal(say({ effect: 'allow', tools }), 'Allow the tools a, b, c and 3 more to everybody.')
})
