import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseCondition } from './condition.ts'
import type { Facts } from './facts.ts'

const principal = {
  kind: 'member',
  id: 'm-1',
  role: 'developer',
  roles: ['Reader'],
  groups: ['g-1', 'g-2'],
  scopes: ['read', 'write'],
  issuer: 'https://id.example',
  client_id: 'cli',
}
const args = {
  path: '/srv/data/a.txt',
  to: 'test',
  n: 5,
  flag: true,
  nothing: null,
  labels: ['a', 'b'],
  items: [
    { owner: 'm-1', size: 1 },
    { owner: 'm-2', size: 20 },
  ],
  deep: { a: { b: 'c' } },
  'odd-name': 'x',
}
const FACTS: Facts = {
  principal,
  server: 'findings',
  method: 'tools/call',
  tool: 'get_finding',
  args,
  // a Saturday
  request: { address: '203.0.113.7', time: new Date('2026-11-21T08:30:00Z') },
}

function conditionOf(text: string) {
  const parsed = parseCondition(text)
  if ('problem' in parsed) throw new Error(`${text}: ${parsed.problem}`)
  return parsed.condition
}

const answerTo = (text: string, facts: Facts = FACTS): boolean | 'error' => {
  try {
    return conditionOf(text).holds(facts)
  } catch (error) {
    if (/^.*: /.test((error as Error).message) && 'problem' in parseCondition(text)) throw error
    return 'error'
  }
}

const ANSWERS: readonly (readonly [string, boolean | 'error'])[] = [
  ['true', true],
  ['principal.role == "developer"', true],
  ['principal.kind == "mcp_token"', false],
  ['"g-2" in principal.groups', true],
  ['principal.groups.exists(g, g.startsWith("g-"))', true],
  ['principal.scopes.all(s, s in ["read", "write", "admin"])', true],
  ['"Reader" in principal.roles && principal.client_id == "cli"', true],
  ['principal.issuer.endsWith(".example")', true],
  ['server == "findings" && method == "tools/call"', true],
  ['tool.startsWith("get_")', true],
  ['args.path.startsWith("/srv/")', true],
  ['args.path.contains("..")', false],
  ['args["odd-name"] == "x"', true],
  ['args.to in ["test", "stage"]', true],
  ['args.n == 5', true],
  ['args.n > 4 && args.n <= 5', true],
  ['args.n + 1 == 6', 'error'], // a JSON number is a double, and CEL adds no double to an int
  ['args.n + 1.0 == 6.0', true],
  ['int(args.n) + 1 == 6', true],
  ['int(args.n) % 2 == 1', true],
  ['args.flag == true', true],
  ['args.nothing == null', true],
  ['size(args.labels) == 2', true],
  ['size(args.path) < 100', true],
  ['"a" in args.labels', true],
  ['args.labels.exists_one(l, l == "a")', true],
  ['args.labels.filter(l, l != "a").size() == 1', true],
  ['args.labels.map(l, l + "!") == ["a!", "b!"]', true],
  ['args.items.all(i, i.owner == principal.id)', false],
  ['args.items.exists(i, i.size > 10)', true],
  ['has(args.deep.a.b) && args.deep.a.b == "c"', true],
  ['has(args.gone)', false],
  ['!has(args.gone) || args.gone == 1', true],
  ['args.gone == 1', 'error'],
  ['args.gone == 1 && false', false],
  ['args.gone == 1 || true', true],
  ['args.path > 5', 'error'],
  ['args.n.startsWith("x")', 'error'],
  ['args.path.lowerAscii() == "/srv/data/a.txt"', true],
  ['args.path.split("/").size() == 4', true],
  ['args.to == "test" ? args.n < 10 : false', true],
  ['request.address.startsWith("203.0.113.")', true],
  ['request.time.getHours() >= 8 && request.time.getHours() < 18', true],
  ['request.time.getDayOfWeek() == 6', true],
  ['request.time.getHours("Europe/Berlin") == 9', true],
  ['request.time < timestamp("2027-01-01T00:00:00Z")', true],
  ['request.time - timestamp("2026-11-21T08:00:00Z") == duration("30m")', true],
  ['timestamp(args.path) < request.time', 'error'],
  ['int("x") == 1', 'error'],
  ['1 / 0 == 1', 'error'],
]

test('a condition asks about the caller, the call and the time', () => {
  for (const [text, answer] of ANSWERS) assert.equal(answerTo(text), answer, text)
})

test('groups that nobody knows give no answer, unless the answer does not depend on them', () => {
  const { groups: _, ...unknown } = principal
  const facts = { ...FACTS, principal: unknown }
  assert.equal(answerTo('"g-1" in principal.groups', facts), 'error')
  assert.equal(answerTo('!("g-1" in principal.groups)', facts), 'error')
  assert.equal(answerTo('principal.role == "developer" || "g-1" in principal.groups', facts), true)
})

const REFUSED: readonly (readonly [string, RegExp])[] = [
  ['args.path.matches("^a")', /matches\(\) cannot be used/],
  ['args.a.exists(x, args.b.exists(y, x == y))', /cannot stand inside another/],
  ['args.a.filter(x, x.all(y, y > 1)).size() > 0', /cannot stand inside another/],
  ['principal == principal', /asked by its members/],
  ['principal["groups"].size() == 0', /asked by its members/],
  ['has(principal.gone)', /gone/],
  ['principal.groups.exists(principal, true)', /name of its own/],
  ['args.a.exists(args, true)', /name of its own/],
  ['args.a.map(x, args.b).size() > 1', /its own element only/],
  ['args.a.map(x, principal.groups).size() > 1', /its own element only/],
  ['duration(args.ttl) < duration("1h")', /written out/],
  [`duration("${'1'.repeat(1_000)}") < duration("1h")`, /written out/],
  ['duration("") < duration("1h")', /written out/],
  ['request.time.getHours(args.zone) == 1', /time zone is written out/],
  ['request.time.getHours("Mars/Olympus") == 1', /time zone is written out/],
  ['cel.bind(x, 1, x == 1)', /bind\(\) cannot be used/],
  ['type(args.a) == string', /type\(\) cannot be used/],
  ['bytes(args.a) == b"x"', /bytes\(\) cannot be used/],
  ['args.format() == "x"', /format\(\) cannot be used/],
  ['optional.of(1).hasValue()', /cannot be used/],
  ['args.flag', /must be true or false/],
  ['1', /must be true or false/],
  ['"x"', /must be true or false/],
  ['principal.role', /must be true or false/],
  ['unknown == 1', /unknown/i],
  ['principal.role == 1', /.+/],
  ['principal.role > principal.groups', /.+/],
  ['size(1) == 1', /.+/],
  ['server + 1 == "x"', /.+/],
  ['', /.+/],
  ['true true', /.+/],
  ['args.a = 1', /.+/],
  ['"a', /.+/],
  ['args.?a == 1', /.+/],
  ['// nothing', /.+/],
  ['!'.repeat(1_000) + 'true', /.+/],
  ['('.repeat(1_000) + 'true' + ')'.repeat(1_000), /.+/],
  [Array.from({ length: 500 }, () => 'true').join(' && '), /.+/],
  ['"a" in [' + '"b",'.repeat(101) + ']', /.+/],
  ['constructor == 1', /.+/],
  ['__proto__.x == 1', /.+/],
]

test('a condition that could run for long, or means nothing, is refused with the reason', () => {
  for (const [text, says] of REFUSED) {
    const parsed = parseCondition(text)
    assert.ok('problem' in parsed, text.slice(0, 80))
    assert.match(parsed.problem, says, text.slice(0, 80))
    assert.doesNotMatch(parsed.problem, /\n/)
    assert.ok(parsed.problem.length <= 300)
  }
})

test('what a prototype has is not an argument', () => {
  for (const name of ['constructor', 'toString', '__proto__', 'hasOwnProperty']) {
    assert.equal(answerTo(`has(args.${name})`), false, name)
    assert.equal(answerTo(`args["${name}"] == null`), 'error', name)
  }
})

test('a condition says what it asks about', () => {
  const asks = (text: string) => {
    const { asksArguments, asksTool, asksCallerOnly, asksGroups } = conditionOf(text)
    return [asksArguments, asksTool, asksCallerOnly, asksGroups].map(Number).join('')
  }
  assert.equal(asks('args.n == 1'), '1100')
  assert.equal(asks('tool == "x"'), '0100')
  assert.equal(asks('server == "x" || method == "y"'), '0000')
  assert.equal(asks('principal.role == "x"'), '0010')
  assert.equal(asks('request.time.getHours() > 8'), '0010')
  assert.equal(asks('has(principal.groups)'), '0011')
  assert.equal(asks('["a"].exists(x, x in principal.groups)'), '0011')
  assert.equal(asks('args.items.exists(i, i.owner == principal.id)'), '1100')
})

/** What costs most of each kind of expression, in messages of `bytes` bytes. */
function* heaviest(bytes: number): Generator<Facts['args']> {
  const [text, list] = ['a'.repeat(bytes / 2), Array.from({ length: bytes / 4 }, () => 1)]
  yield { a: text, b: `b${text.slice(1)}` }
  yield { a: list, b: [...list] }
  yield { a: Array.from({ length: bytes / 8 }, () => ({})), b: Array.from({ length: bytes / 8 }, () => ({})) }
  const map = Object.fromEntries(Array.from({ length: bytes / 24 }, (_, index) => [`k${index}`, 1]))
  yield { a: map, b: { ...map } }
  yield { a: Array.from({ length: bytes / 8 }, () => ({})), b: map }
  yield { a: Array.from({ length: bytes / 8 }, () => 'a'), b: text }
  yield { a: Array.from({ length: bytes / 8 }, () => '1'), b: list }
}

const HEAVY = [
  ...['size(args.a) > 1', 'args.a == args.b', 'args.a in args.b', 'args.a + args.b == args.a', '"zz" in args.a'],
  ...['args.a.contains(args.b)', 'args.b.split("").size() == 1', 'args.a.join(",") == ""', '{} in args.b'],
  ...['args.a.split("a", 3).size() == 1', 'args.a.exists(x, x == 7.0)', 'args.a.all(x, !(x in args.b))'],
  ...['args.a.all(x, args.b != args.b || true)', 'args.a.all(x, size(args.b) > 0)', 'args.a.map(x, x).size() == 1'],
  ...['args.a.all(x, !args.b.contains(x))', '(args.a + args.a + args.a).contains("zz")', 'double(args.a) > 1.0'],
  ...['args.a.map(x, x + x).map(x, x + x).map(x, x + x).map(x, x + x).join("").contains("zz")'],
  ...['args.a.map(x, [x, x, x]).map(x, [x, x, x]).map(x, [x, x, x]) == args.b', 'args.a.exists(x, {} == args.b)'],
  ...['[args.a, args.a, args.a, args.a].all(x, !x.contains("zz"))', 'args.a.all(x, !(x in principal.groups))'],
  ...[`args.a.contains("${'a'.repeat(800)}b${'a'.repeat(800)}")`, `args.a.lastIndexOf("b${'a'.repeat(1_500)}") > 0`],
  ...[`args.a.all(x, !(x in [${Array.from({ length: 100 }, (_, index) => `"${index}x"`)}]))`],
]

test('what is judged at all is judged in time, whatever the message', () => {
  const MAX_WORK = 100_000 // a hundredth of a second
  const groups = Array.from({ length: 2_000 }, (_, index) => `g${index}`)
  const slow: string[] = []
  for (const text of HEAVY) {
    const condition = conditionOf(text)
    let bytes = 4 * 1024 * 1024
    while (condition.cost(bytes) > MAX_WORK && bytes > 64) bytes /= 2
    for (const heavy of heaviest(bytes)) {
      const facts = { ...FACTS, principal: { ...principal, groups }, args: heavy }
      const took = Math.min(...[1, 2, 3].map(() => timeOf(() => condition.holds(facts))))
      if (took > 60) slow.push(`${text.slice(0, 60)}: ${Math.round(took)} ms for ${bytes} bytes`)
    }
  }
  assert.deepEqual(slow, [])
})

/** Of the processor, in milliseconds: other tests run beside this one. */
function timeOf(work: () => unknown): number {
  const begun = process.threadCpuUsage()
  try {
    work()
  } catch {
    // An answer, too.
  }
  const { user, system } = process.threadCpuUsage(begun)
  return (user + system) / 1_000
}
