import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isDeepStrictEqual } from 'node:util'
import { ROLES } from '../members/member.ts'
import { compilePolicy } from './compile.ts'
import type { CompiledPolicy } from './compile.ts'
import { decide, isVisible } from './decide.ts'
import type { Action, Subject } from './decision.ts'
import { oracle } from './oracle.fixture.ts'
import type { Answer, Known, Meaning } from './oracle.fixture.ts'
import { TOOL_CLASSES } from '../tools/tool-class.ts'
import { policySchema } from './policy.ts'
import type { Policy } from './policy.ts'

const POLICIES = 10_000
const QUESTIONS = 4

/** The same numbers for the same seed (mulberry32). */
function generator(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

const fail = (): never => {
  throw new Error('cannot be told')
}
const groupsOf = ({ groups }: Subject) => (groups === 'unknown' ? fail() : groups)
const numberIn = ({ args }: Action) => (typeof args?.['n'] === 'number' ? args['n'] : fail())
const toolOf = ({ kind, target }: Action) => (kind === 'tool' ? target! : '')

const CONDITIONS: Readonly<Record<string, Meaning>> = {
  'principal.role == "admin"': { asks: 'caller', holds: ({ role }) => role === 'admin' },
  'principal.kind == "mcp_token"': { asks: 'caller', holds: ({ kind }) => kind === 'mcp_token' },
  '"g1" in principal.groups': { asks: 'caller', holds: (subject) => groupsOf(subject).has('g1') },
  '!("g1" in principal.groups)': { asks: 'caller', holds: (subject) => !groupsOf(subject).has('g1') },
  'principal.role == "owner" || "g2" in principal.groups': {
    asks: 'caller',
    holds: (subject) => subject.role === 'owner' || groupsOf(subject).has('g2'),
  },
  '1 / 0 == 1': { asks: 'caller', holds: fail },
  'request.address == "10.0.0.1"': { asks: 'caller', holds: (_, { request }) => request.address === '10.0.0.1' },
  'server == "one"': { asks: 'call', holds: (_, { server }) => server === 'one' },
  'method != "tools/call"': { asks: 'call', holds: (_, { method }) => method !== 'tools/call' },
  'tool.startsWith("get")': { asks: 'tool', holds: (_, action) => toolOf(action).startsWith('get') },
  'args.n > 3': { asks: 'args', holds: (_, action) => numberIn(action) > 3 },
  '!has(args.n)': { asks: 'args', holds: (_, { args }) => args?.['n'] === undefined },
  'args.n > 3 && principal.role != "owner"': {
    asks: 'args',
    holds: (subject, action) => (subject.role === 'owner' ? false : numberIn(action) > 3),
  },
  'tool == "get_a" && has(args.n)': {
    asks: 'args',
    holds: (_, action) => toolOf(action) === 'get_a' && action.args?.['n'] !== undefined,
  },
}

const KNOWN: Known = {
  folded: { ｇet_a: 'get_a', 'drop\u200b_x': 'drop_x', ' drop_x': 'drop_x', 'ＴOOLS/call': 'tools/call' },
  spellings: {
    'file:///srv/../etc/p': ['file:///etc/p'],
    'file:///et%63/p': ['file:///etc/p'],
    'file:///srv/%252e%252e/etc/p': ['file:///etc/p'],
  },
  conditions: CONDITIONS,
}

const TOOLS = ['get_a', 'GET_A', 'ｇet_a', 'get_b', 'drop_x', 'Drop_X', 'drop\u200b_x', ' drop_x', '*', '']
const NAME_PATTERNS = ['get_a', 'get_*', 'GET_*', '*_x', 'drop_x', 'd*p*x', '*', 'nothing', '*a']
const URIS = ['file:///srv/a', 'FILE:///srv/a', 'file:///etc/p', ...Object.keys(KNOWN.spellings), 'note://x']
const URI_PATTERNS = ['file:///srv/*', 'file:///etc/*', 'FILE:///SRV/*', '*', 'note://x', 'file:*']
const METHODS = {
  tool: ['tools/call'],
  prompt: ['prompts/get'],
  resource: ['resources/read', 'resources/subscribe'],
  protocol: ['tools/list', 'ping'],
  other: ['vendor/x', 'ＴOOLS/call'],
} as const

function inventor(random: () => number) {
  const chance = (share: number) => random() < share
  const one = <Of>(choices: readonly Of[]): Of => choices[Math.floor(random() * choices.length)]!
  const some = <Of>(choices: readonly Of[], most = 3): Of[] =>
    Array.from({ length: 1 + Math.floor(random() * most) }, () => one(choices))
  const maybe = <Of>(share: number, name: string, make: () => Of) => (chance(share) ? { [name]: make() } : {})
  const scopes = () => some(['read', 'write', 'admin'], 2)

  const who = () => {
    const invented = {
      ...maybe(0.4, 'roles', () => some(ROLES, 2)),
      ...maybe(0.3, 'groups', () => some(['g1', 'g2', 'g3'], 2)),
      ...maybe(0.2, 'members', () => some(['m1', 'm2'], 2)),
      ...maybe(0.2, 'tokens', () => some(['t1', 't2', '*'], 2)),
      ...maybe(0.3, 'scopes', scopes),
    }
    return Object.keys(invented).length === 0 ? { roles: [one(ROLES)] } : invented
  }
  const targets = () => {
    if (chance(0.4)) return {}
    if (chance(0.3)) return { classes: some(TOOL_CLASSES, 2), ...maybe(0.4, 'tools', () => some(NAME_PATTERNS)) }
    return {
      ...maybe(0.6, 'tools', () => some(NAME_PATTERNS)),
      ...maybe(0.3, 'prompts', () => some(NAME_PATTERNS)),
      ...maybe(0.4, 'resources', () => some(URI_PATTERNS)),
    }
  }
  const rule = (index: number) => {
    const effect = one(['allow', 'deny'] as const)
    return {
      name: `r${index}`,
      effect,
      ...maybe(0.2, 'servers', () => some(['one', 'two', 't*', 'ONE', '*'], 2)),
      ...maybe(0.2, 'methods', () => some(['tools/call', 'tools/*', 'TOOLS/*', 'resources/*', '*', 'prompts/get'], 2)),
      ...targets(),
      ...maybe(0.5, 'who', who),
      ...maybe(0.35, 'when', () => one(Object.keys(CONDITIONS))),
      ...(effect === 'deny' ? maybe(0.35, 'unless', () => ({ scopes: scopes() })) : {}),
      ...maybe(0.15, 'dryRun', () => true),
    }
  }
  const policy = (): Policy =>
    policySchema.parse({
      default: one(['allow members', 'deny']),
      rules: Array.from({ length: Math.floor(random() * 7) }, (_, index) => rule(index)),
    })
  const subject = (): Subject => {
    const isToken = chance(0.4)
    return {
      kind: isToken ? 'mcp_token' : 'member',
      memberId: isToken && chance(0.5) ? undefined : one(['m1', 'm2', 'm3']),
      tokenId: isToken ? one(['t1', 't2', 't3']) : undefined,
      role: one(ROLES),
      holderRole: isToken && chance(0.5) ? one(ROLES) : undefined,
      scopes: new Set(chance(0.4) ? [] : scopes()),
      appRoles: [],
      groups: chance(0.25) ? 'unknown' : new Set(chance(0.4) ? [] : some(['g1', 'g2', 'g3'])),
      issuer: undefined,
      clientId: undefined,
      canStepUp: chance(0.6),
    }
  }
  const action = (): Action => {
    const kind = one(Object.keys(METHODS) as (keyof typeof METHODS)[])
    const isNamed = kind === 'tool' || kind === 'prompt'
    return {
      server: one(['one', 'two', 'three']),
      kind,
      method: one<string>(METHODS[kind]),
      target: isNamed ? one(TOOLS) : kind === 'resource' ? one(URIS) : undefined,
      toolClass: kind === 'tool' && chance(0.7) ? one(TOOL_CLASSES) : undefined,
      args: one<Action['args']>([{}, { n: 1 }, { n: 5 }, { n: 'text' }, undefined]),
      bytes: 100,
      request: { address: one(['10.0.0.1', '10.0.0.2']), at: 0 },
    }
  }
  return { policy, subject, action }
}

function answer(policy: CompiledPolicy, subject: Subject, action: Action): Answer {
  const decision = decide(policy, subject, action)
  const { allowed, by, dryRun } = decision
  return {
    allowed,
    by,
    scopes: decision.allowed ? undefined : decision.scopes,
    dryRun,
    visible: isVisible(policy, subject, action),
  }
}

const outcomeOf = ({ allowed, scopes, visible }: Answer) =>
  allowed ? 'allowed' : scopes ? 'step up' : visible ? 'denied' : 'hidden'

const show = (_: string, value: unknown) => (value instanceof Set ? [...value] : value)

for (const seed of [20_261_121, Date.now() | 0]) {
  test(`what is decided is what the documentation says, for ${POLICIES} random policies (seed ${seed})`, () => {
    const invent = inventor(generator(seed))
    const seen = { allowed: 0, denied: 0, hidden: 0, 'step up': 0, 'dry run': 0 }
    for (let count = 0; count < POLICIES; count++) {
      const policy = invent.policy()
      const compiled = compilePolicy(policy)
      for (let question = 0; question < QUESTIONS; question++) {
        const [subject, action] = [invent.subject(), invent.action()]
        const [actual, expected] = [answer(compiled, subject, action), oracle(KNOWN, policy, subject, action)]
        if (!isDeepStrictEqual(actual, expected)) {
          assert.deepEqual(actual, expected, `seed ${seed}: ${JSON.stringify({ policy, subject, action }, show)}`)
        }
        seen[outcomeOf(actual)]++
        if (actual.dryRun !== undefined) seen['dry run']++
      }
    }
    for (const [outcome, times] of Object.entries(seen))
      assert.ok(times > 100, `${outcome} came up ${times} times only`)
  })
}
