import assert from 'node:assert/strict'
import { test } from 'node:test'
import { compilePolicy } from './compile.ts'
import { decide, isVisible, startWork } from './decide.ts'
import type { Action, Subject } from './decision.ts'
import { policySchema } from './policy.ts'

const compiled = (otherwise: 'allow members' | 'deny', ...rules: object[]) =>
  compilePolicy(
    policySchema.parse({ default: otherwise, rules: rules.map((rule, index) => ({ name: `r${index}`, ...rule })) }),
  )

const DEVELOPER: Subject = {
  kind: 'member',
  memberId: 'm1',
  tokenId: undefined,
  role: 'developer',
  holderRole: undefined,
  scopes: new Set(),
  appRoles: [],
  groups: 'unknown',
  issuer: undefined,
  clientId: undefined,
  canStepUp: true,
}
const call = (more: Partial<Action> = {}): Action => ({
  server: 'one',
  kind: 'tool',
  method: 'tools/call',
  target: 'get',
  toolClass: 'read',
  args: {},
  bytes: 100,
  request: { address: '', at: 0 },
  ...more,
})

test('a condition about arguments allows nothing but tools, prompts and resources', () => {
  const policy = compiled('deny', { effect: 'allow', when: 'args.x == "y"' })
  for (const args of [undefined, {}, { x: 'y' }]) {
    const { allowed } = decide(policy, DEVELOPER, call({ kind: 'other', method: 'vendor/x', target: undefined, args }))
    assert.equal(allowed, false)
  }
  assert.equal(decide(policy, DEVELOPER, call({ args: { x: 'y' } })).allowed, true)
  assert.equal(isVisible(policy, DEVELOPER, call()), true)
})

test('what is only tried out uses up nothing that others are judged with', () => {
  const greedy = { effect: 'deny', dryRun: true, when: 'args.list.exists(x, x == "no")' }
  const policy = compiled('allow members', greedy, { effect: 'deny', when: 'args.list.exists(x, x == "never")' })
  const bytes = 60_000
  const action = call({ args: { list: ['a'] }, bytes })
  const alone = compiled('allow members', { effect: 'deny', when: 'args.list.exists(x, x == "never")' })
  const [work, workAlone] = [startWork(), startWork()]
  for (let message = 0; message < 10; message++) {
    assert.equal(decide(policy, DEVELOPER, action, work).allowed, decide(alone, DEVELOPER, action, workAlone).allowed)
  }
  assert.equal(work.left, workAlone.left)
})

test('a name that is longer than any name is refused, not compared', () => {
  const policy = compiled('allow members', { effect: 'deny', tools: ['*x*x*x*'] })
  assert.equal(decide(policy, DEVELOPER, call({ target: 'a'.repeat(8_192) })).allowed, true)
  const long = decide(policy, DEVELOPER, call({ kind: 'resource', target: `file:///${'a%2f'.repeat(1_000_000)}` }))
  assert.deepEqual(long, { allowed: false, by: 'default', problem: 'the name is too long to be judged' })
})

test('a message of 4 MiB and 200 rules with conditions are judged within 200 ms', () => {
  const conditions = [
    'args.list.exists(x, x == "zz")',
    'args.list.all(x, size(x) < 100)',
    '"zz" in args.list',
    'size(args.text) > 5000000',
    'args.text.contains("zz")',
    'args.map.all(k, k in principal.scopes)',
    'args.list == args.other',
    'args.text.lowerAscii().contains("zz")',
  ]
  const args = {
    list: Array.from({ length: 200_000 }, (_, index) => `a${index}`),
    other: Array.from({ length: 200_000 }, (_, index) => `a${index}`),
    text: 'a'.repeat(1024 * 1024),
    map: Object.fromEntries(Array.from({ length: 20_000 }, (_, index) => [`k${index}`, index])),
  }
  for (const dryRun of [false, true]) {
    for (const effect of ['allow', 'deny']) {
      const rules = Array.from({ length: 200 }, (_, index) => ({
        effect,
        dryRun,
        when: conditions[index % conditions.length],
      }))
      const policy = compiled('deny', ...rules)
      for (const bytes of [100, 10_000, 100_000, 4 * 1024 * 1024]) {
        const share = bytes / (4 * 1024 * 1024)
        const part = {
          list: args.list.slice(0, args.list.length * share),
          other: args.other.slice(0, args.other.length * share),
          text: args.text.slice(0, args.text.length * share),
          map: Object.fromEntries(Object.entries(args.map).slice(0, 20_000 * share)),
        }
        const begun = process.threadCpuUsage()
        decide(policy, DEVELOPER, call({ args: part, bytes }))
        const took = process.threadCpuUsage(begun).user / 1_000
        assert.ok(took < 200, `${effect} took ${took} ms for ${bytes} bytes`)
      }
    }
  }
})

const DOUBTFUL = call({ args: { n: 5, to: 'test' }, doubts: () => new Map([['n', 'a number']]) })

test('an argument in doubt counts against the caller, but only where the answer needs it', () => {
  const allowedBy = (rule: object, otherwise: 'allow members' | 'deny', action: Action) =>
    decide(compiled(otherwise, rule), DEVELOPER, action).allowed
  const stops = (when: string, action = DOUBTFUL) =>
    !allowedBy({ effect: 'deny', when }, 'allow members', action) &&
    !allowedBy({ effect: 'allow', when }, 'deny', action)
  for (const when of [
    'args.n == 5',
    'args.n != 5',
    '!(args.n > 7)',
    '7 in [args.n]',
    'args == {"n": dyn(5), "to": dyn("test")}',
  ])
    assert.ok(stops(when), when)
  for (const when of ['tool == "other" && args.n == 5', 'args.to == "live"', 'size(args.to) == 9'])
    assert.deepEqual(
      decide(compiled('allow members', { effect: 'deny', when }), DEVELOPER, DOUBTFUL),
      { allowed: true, by: 'default' },
      when,
    )
  for (const when of ['tool == "get" || args.n == 7', 'args.to == "test"'])
    assert.equal(allowedBy({ effect: 'allow', when }, 'deny', DOUBTFUL), true, when)
  const all = { ...DOUBTFUL, doubts: () => 'all of them' }
  assert.ok(stops('args.to == "test"', all))
  const decision = decide(compiled('allow members', { effect: 'deny', when: 'args.n > 7' }), DEVELOPER, DOUBTFUL)
  assert.deepEqual(decision, { allowed: false, by: 'rule r0', problem: 'a number' })
})

test('nobody looks for doubts unless a condition asks for arguments', () => {
  const asked = call({ args: { n: 5 }, doubts: () => assert.fail('asked') })
  const others = [{ when: 'tool == "x"' }, { tools: ['x'] }, { tools: ['other'], when: 'args.n == 5' }]
  const policy = compiled('allow members', ...others.map((rule) => ({ effect: 'deny', ...rule })))
  assert.equal(decide(policy, DEVELOPER, asked).allowed, true)
})

test('an argument that a case-blind server would take for one that is asked for cannot be told', () => {
  const isAllowed = (when: string, args: Record<string, unknown>) =>
    decide(compiled('allow members', { effect: 'deny', when }), DEVELOPER, call({ args })).allowed
  const live = 'has(args.to) && args.to == "live"'
  const deep = 'has(args.a) && args.a.b == "c"'
  const listed = 'has(args.list) && args.list.exists(x, x.to == "live")'
  for (const [when, args] of [
    [live, { To: 'live' }],
    [live, { to: 'test', TO: 'live' }],
    [live, { 'to\0x': 'live' }],
    ['"to" in args', { TO: 1 }],
    ['args["to"] == "live"', { to: 'test', tO: 'live' }],
    ['args.exists(k, k == "to")', { TO: 1 }],
    ['args.exists(k, k in ["to"])', { TO: 1 }],
    [deep, { a: { b: 'd', B: 'c' } }],
    [listed, { list: [{ to: 'test' }, { to: 'test', To: 'live' }] }],
    [live, Object.fromEntries(Array.from({ length: 10_001 }, (_, index) => [`k${index}`, 1]))],
  ] as const)
    assert.equal(isAllowed(when, args), false, `${when} ${JSON.stringify(args).slice(0, 60)}`)
  for (const [when, args] of [
    [live, { to: 'test', Subject: 1, subject: 2 }],
    [live, { to: 'test', body: { To: 'live' } }],
    ['args.to == "live"', { to: 'test', Live: 1 }],
    ['principal.role == "owner" && args.to == "live"', { Owner: 1, Role: 2 }],
    ['tool == "x"', { Tool: 1 }],
  ] as const)
    assert.equal(isAllowed(when, args), true, `${when} ${JSON.stringify(args)}`)
})

test('long names under a large policy are judged for a moment, and then refused, whatever they are', () => {
  const resources = (i: number) => Array.from({ length: 100 }, (_, j) => `file://*ab${i}x${j}*cd*`)
  const rules = Array.from({ length: 60 }, (_, i) => ({
    name: `r${i}`,
    effect: 'deny' as const,
    resources: resources(i),
  }))
  const large = compilePolicy({ default: 'allow members', rules })
  const uri = `file:///${'a%62/../b\\'.repeat(700)}`
  const read = (target: string) => call({ kind: 'resource', method: 'resources/read', target })
  const work = startWork()
  const begun = performance.now()
  const decisions = Array.from({ length: 50 }, (_, i) => decide(large, DEVELOPER, read(`${uri}${i}`), work))
  assert.ok(performance.now() - begun < 2_000)
  assert.equal(decisions.at(-1)!.allowed, false)
  const usual = startWork()
  for (let i = 0; i < 50; i++)
    assert.equal(decide(large, DEVELOPER, read(`file:///srv/notes/${i}.txt`), usual).allowed, true)
})
