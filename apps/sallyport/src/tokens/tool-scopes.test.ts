import assert from 'node:assert/strict'
import { test } from 'node:test'
import { TOOL_CLASSES } from '../tools/tool-class.ts'
import { readToolScope } from './tool-scope.ts'
import type { ToolClass } from '../tools/tool-class.ts'
import { allowsOther, allowsServer, allowsTool, compileToolScopes, scopesNeeded } from './tool-scopes.ts'

const compile = (scopes: string) => compileToolScopes(scopes === '' ? [] : scopes.split(' '))

const HUGE = 'x'.repeat(100_000)
const LONGEST = 'x'.repeat(128)

/** Scopes, server, tool, its class; whether that is allowed. */
const TOOL_CALLS: readonly (readonly [string, string, string, ToolClass | undefined, boolean])[] = [
  ['tools:*', 'findings', 'search', 'read', true],
  ['tools:*', 'findings', 'drop', 'destructive', true],
  ['tools:*', 'findings', 'drop', undefined, true],
  ['tools:*', 'findings', '', undefined, true],
  ['tools:*', 'findings', HUGE, undefined, true],
  ['tool:search', 'findings', 'search', 'destructive', true],
  ['tool:search', 'findings', 'search', undefined, true],
  ['tool:search', 'other', 'search', 'read', true],
  ['tool:search', 'findings', 'Search', 'read', false],
  ['tool:search', 'findings', 'SEARCH', 'read', false],
  ['tool:Search', 'findings', 'search', 'read', false],
  ['tool:search', 'findings', 'searc', 'read', false],
  ['tool:search', 'findings', 'search2', 'read', false],
  ['tool:search', 'findings', 'search/deep', 'read', false],
  ['tool:search', 'findings', ' search', 'read', false],
  ['tool:search', 'findings', 'search\n', 'read', false],
  ['tool:search', 'findings', 'search\0', 'read', false],
  ['tool:search', 'findings', 'se\u0430rch', 'read', false], // Cyrillic а
  ['tool:search', 'findings', '\uff53earch', 'read', false], // full-width s: NFKC would make it one
  ['tool:search', 'findings', 'sear\u200bch', 'read', false], // zero-width space
  ['tool:search', 'findings', '\u017fearch', 'read', false], // long s: upper case would make it one
  ['tool:kill', 'findings', '\u212aill', 'read', false], // Kelvin sign: lower case would make it one
  ['tool:search', 'findings', '', 'read', false],
  ['tool:search', 'findings', '*', 'read', false],
  ['tool:search', 'findings', 'tool:search', 'read', false],
  ['tool:search', 'findings', '__proto__', undefined, false],
  ['tool:constructor', 'findings', 'constructor', undefined, true],
  ['tool:files/read.v1-b_2', 'findings', 'files/read.v1-b_2', undefined, true],
  ['tool:files/read', 'findings', 'files%2Fread', undefined, false],
  [`tool:${LONGEST}`, 'findings', LONGEST, undefined, true],
  [`tool:${LONGEST}`, 'findings', `${LONGEST}x`, undefined, false],
  [`tool:${LONGEST}`, 'findings', HUGE, undefined, false],
  ['class:read', 'findings', 'search', 'read', true],
  ['class:read', 'findings', 'add', 'write', false],
  ['class:read', 'findings', 'drop', 'destructive', false],
  ['class:read', 'findings', 'search', undefined, false],
  ['class:write', 'findings', 'search', 'read', true],
  ['class:write', 'findings', 'add', 'write', true],
  ['class:write', 'findings', 'drop', 'destructive', false],
  ['class:write', 'findings', 'add', undefined, false],
  ['class:destructive', 'findings', 'drop', 'destructive', true],
  ['class:destructive', 'findings', 'search', 'read', true],
  ['class:destructive', 'findings', 'anything', undefined, true],
  ['class:write class:read', 'findings', 'add', 'write', true],
  ['class:read tool:drop', 'findings', 'drop', 'destructive', true],
  ['class:read tool:drop', 'findings', 'add', 'write', false],
  ['server:findings tools:*', 'findings', 'drop', undefined, true],
  ['server:findings tools:*', 'other', 'search', 'read', false],
  ['server:findings tools:*', 'Findings', 'search', 'read', false],
  ['server:findings tools:*', '', 'search', 'read', false],
  ['server:findings server:other class:read', 'other', 'search', 'read', true],
  ['server:findings server:other class:read', 'third', 'search', 'read', false],
  ['server:findings tool:search', 'findings', 'search', undefined, true],
  ['server:findings tool:search', 'findings', 'add', 'read', false],
  ['server:findings', 'findings', 'search', 'read', false], // completed with tools:* when it was granted, or not granted here
  ['', 'findings', 'search', 'read', false],
  ['tools:* area:51', 'findings', 'search', 'read', false],
  ['tools:* tool:', 'findings', 'search', 'read', false],
  ['read', 'findings', 'search', 'read', false], // not canonical, so not written by this version
  ['class:Read', 'findings', 'search', 'read', false],
  ['tool:*', 'findings', 'search', 'read', false],
  ['tool:*', 'findings', '*', 'read', false],
]

test('B-07 b e a tool is called by its exact name, by its class, or not at all', () => {
  for (const [scopes, server, tool, toolClass, allowed] of TOOL_CALLS) {
    const row = `${scopes.slice(0, 60)} | ${server} | ${tool.slice(0, 60)} | ${toolClass}`
    assert.equal(allowsTool(compile(scopes), { server, tool, toolClass }), allowed, row)
  }
})

test('B-07 g a token without scopes calls everything', () => {
  for (const [, server, tool, toolClass] of TOOL_CALLS) {
    assert.ok(allowsTool(undefined, { server, tool, toolClass }))
  }
  assert.ok(allowsOther(undefined, { server: 'findings', method: 'x/unheard-of' }))
  assert.ok(allowsServer(undefined, 'findings'))
})

/** Methods, and the least scopes that are enough for them. */
const ALWAYS = [
  'initialize', 'ping', 'server/discover', 'logging/setLevel', 'completion/complete', 'tools/list', 'prompts/list',
  'resources/list', 'resources/templates/list', 'notifications/initialized', 'notifications/cancelled', '',
] // prettier-ignore
const READING = [
  'resources/read', 'resources/subscribe', 'resources/unsubscribe', 'subscriptions/listen', 'prompts/get',
] // prettier-ignore
const UNKNOWN = [
  'tasks/get', 'tasks/list', 'tasks/result', 'tasks/cancel', 'sampling/createMessage', 'roots/list', 'tools/call',
  'Resources/read', 'resources/Read', 'resources/read ', 'resources/reads', 'Ping', 'ping2', 'notifications',
  'Notifications/x', 'constructor', '__proto__', 'toString', HUGE,
] // prettier-ignore

test('B-07 f other methods have a class of their own, and one nobody knows takes all of them', () => {
  const cases = [
    ['tool:search', ALWAYS, [...READING, ...UNKNOWN]],
    ['class:read', [...ALWAYS, ...READING], UNKNOWN],
    ['class:destructive', [...ALWAYS, ...READING], UNKNOWN],
    ['tools:*', [...ALWAYS, ...READING, ...UNKNOWN], []],
    ['tools:* area:51', [], [...ALWAYS, ...READING, ...UNKNOWN]],
  ] as const
  for (const [scopes, allowed, refused] of cases) {
    for (const method of allowed)
      assert.ok(allowsOther(compile(scopes), { server: 's', method }), `${scopes} ${method}`)
    for (const method of refused)
      assert.ok(!allowsOther(compile(scopes), { server: 's', method }), `${scopes} ${method}`)
    for (const method of [...allowed, ...refused])
      assert.ok(!allowsOther(compile(`server:other ${scopes}`), { server: 's', method }), 'elsewhere nothing at all')
  }
})

test('B-07 d a refusal names the scopes that would have been enough, and tells nothing of what tools there are', () => {
  const needed = (scopes: string, tool: string, toolClass?: ToolClass, server = 's') =>
    scopesNeeded(compile(scopes), { server, tool, toolClass }).join(' ')
  assert.equal(needed('class:read', 'drop', 'destructive'), 'tool:drop')
  assert.equal(needed('class:read', 'drop'), 'tool:drop', 'known or not')
  assert.equal(needed('class:read', 'no such\r\ntool', 'write'), 'class:destructive')
  assert.equal(needed('server:other class:read', 'add', 'write'), 'server:s tool:add')
  assert.deepEqual(scopesNeeded(compile('tool:x'), { server: 's', method: 'resources/read' }), ['class:read'])
  assert.deepEqual(scopesNeeded(compile('tool:x'), { server: 's', method: 'tasks/get' }), ['tools:*'])
  assert.deepEqual(scopesNeeded(compile('server:o tools:*'), { server: 's', method: 'ping' }), ['server:s'])
})

/** A small generator of its own: tests must be the same on every run. */
function randomFrom(seed: number) {
  let state = seed
  return (below: number) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return (state >>> 8) % below
  }
}

const NAMES = ['search', 'Search', 'searc', 'add', 'drop', 'a/b', '*', 'read', 'se\u0430rch', '']
const SERVERS = ['s', 'o', 'read']
const METHODS = ['ping', 'resources/read', 'tasks/get', 'x', 'notifications/x', '', 'prompts/get']
const SCOPES = ['tools:*', ...['search', 'add', 'drop', 'a/b', 'read'].map((name) => `tool:${name}`),
  ...TOOL_CLASSES.map((name) => `class:${name}`), ...SERVERS.map((name) => `server:${name}`)] // prettier-ignore

/** The rule again, one sentence after the other, with nothing prepared. */
function naive(scopes: readonly string[], server: string, wanted: readonly string[]): boolean {
  const servers = scopes.filter((scope) => scope.startsWith('server:'))
  if (servers.length > 0 && !servers.includes(`server:${server}`)) return false
  return wanted.some((scope) => scope === '' || scopes.includes(scope))
}

function naiveTool(scopes: readonly string[], server: string, tool: string, toolClass: ToolClass | undefined): boolean {
  const byClass = { read: ['class:read', 'class:write', 'class:destructive'], write: ['class:write', 'class:destructive'], destructive: ['class:destructive'] } // prettier-ignore
  return naive(scopes, server, ['tools:*', `tool:${tool}`, ...byClass[toolClass ?? 'destructive']])
}

function naiveMethod(scopes: readonly string[], server: string, method: string): boolean {
  if (ALWAYS.includes(method) || method.startsWith('notifications/')) return naive(scopes, server, [''])
  const byClass = READING.includes(method) ? ['class:read', 'class:write', 'class:destructive'] : []
  return naive(scopes, server, ['tools:*', ...byClass])
}

test('B-07 whatever the scopes, the verdict is the one that their words give, and what a refusal asks for is enough', () => {
  const random = randomFrom(7)
  const one = <Item>(items: readonly Item[]): Item => items[random(items.length)]!
  const seen = { allowed: 0, refused: 0 }
  for (let round = 0; round < 20_000; round++) {
    const scopes = Array.from({ length: random(5) }, () => one(SCOPES))
    const compiled = compileToolScopes(scopes)
    const server = one(SERVERS)
    const call = { server, tool: one(NAMES), toolClass: one([...TOOL_CLASSES, undefined]) }
    const message = { server, method: one(METHODS) }
    const verdicts = [
      [allowsTool(compiled, call), naiveTool(scopes, server, call.tool, call.toolClass), call],
      [allowsOther(compiled, message), naiveMethod(scopes, server, message.method), message],
    ] as const
    for (const [actual, expected, asked] of verdicts) {
      assert.equal(actual, expected, `${scopes} ${JSON.stringify(asked)}`)
      seen[actual ? 'allowed' : 'refused'] += 1
      if (actual) continue
      const enough = compileToolScopes([...scopes, ...scopesNeeded(compiled, asked)])
      assert.ok('tool' in asked ? allowsTool(enough, asked) : allowsOther(enough, asked), `${scopes} and what it lacks`)
    }
    // A scope may only add, but for the first server, which is where a token is tied to places.
    const more = compileToolScopes([...scopes, one(SCOPES.filter((scope) => !scope.startsWith('server:')))])
    if (allowsTool(compiled, call)) assert.ok(allowsTool(more, call))
    for (const scope of scopesNeeded(compiled, call)) assert.ok('scope' in readToolScope(scope), scope)
  }
  assert.ok(seen.allowed > 5_000 && seen.refused > 5_000, JSON.stringify(seen))
})
