import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readToolScope } from './tool-scope.ts'

const scopeOf = (text: string) => {
  const outcome = readToolScope(text)
  return 'scope' in outcome ? outcome.scope : undefined
}
const problemOf = (text: string) => {
  const outcome = readToolScope(text)
  return 'problem' in outcome ? outcome.problem : ''
}

test('B-07 a a scope is one of five kinds, and classes may be written short', () => {
  const taken = {
    'tools:*': 'tools:*',
    read: 'class:read',
    write: 'class:write',
    destructive: 'class:destructive',
    'class:write': 'class:write',
    'tool:search': 'tool:search',
    'tool:Search': 'tool:Search',
    'tool:read': 'tool:read',
    'tool:files/read.v1-b_2': 'tool:files/read.v1-b_2',
    [`tool:${'x'.repeat(128)}`]: `tool:${'x'.repeat(128)}`,
    'tool:constructor': 'tool:constructor',
    'server:findings': 'server:findings',
    [`server:${'x'.repeat(63)}`]: `server:${'x'.repeat(63)}`,
  }
  for (const [text, scope] of Object.entries(taken)) assert.equal(scopeOf(text), scope)
})

test('B-07 a whatever else is refused, with the scope named and the way to write it', () => {
  const cases: [string, RegExp][] = [
    ['tool:*', /^"tool:\*" is not a scope: say tools:\* for all tools$/],
    ['*', /say tools:\*/],
    ['all', /say tools:\*/],
    ['tools', /say tools:\*/],
    ['tools:', /say tools:\*/],
    ['Tools:*', /say tools:\*/],
    ['tool:', /say tools:\*/],
    ['tools:search', /say tools:\*, tool:NAME/],
    ['tool:files*', /a tool is named exactly, in 1 to 128 of/],
    ['tool: search', /a tool is named exactly/],
    ['tool:search ', /a tool is named exactly/],
    ['tool:search\n', /^"tool:search\\u\{a\}" is/],
    ['tool:a:b', /a tool is named exactly/],
    ['tool:se\u0430rch', /^"tool:se\\u\{430\}rch" is not a scope/],
    ['tool:\u{1f4a5}', /\\u\{1f4a5\}/],
    [`tool:${'x'.repeat(129)}`, /a tool is named exactly/],
    ['class:admin', /the classes are read, write, destructive$/],
    ['class:Read', /the classes are/],
    ['class:', /the classes are/],
    ['class:constructor', /the classes are/],
    ['READ', /say tools:\*, tool:NAME/],
    ['server:', /as in the configuration/],
    ['server:*', /as in the configuration/],
    ['server:Findings', /as in the configuration/],
    [`server:${'x'.repeat(64)}`, /as in the configuration/],
    ['Tool:search', /say tools:\*, tool:NAME/],
    ['constructor:x', /say tools:\*, tool:NAME/],
    [':x', /say tools:\*, tool:NAME/],
    ['', /^"" is not a scope: say tools:\*, tool:NAME/],
    ['\u001b[2J', /^"\\u\{1b\}\[2J" is/],
    ['\ud800', /\\u\{d800\}/],
  ]
  for (const [text, says] of cases) assert.match(problemOf(text), says, text)
  assert.ok(problemOf('x'.repeat(1_000_000)).length < 200)
})
