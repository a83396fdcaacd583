import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parse } from '@marcbachmann/cel-js'
import { parseCondition } from './condition.ts'
import type { Facts } from './facts.ts'
import { quickCondition } from './quick-condition.ts'

const conditionOf = (text: string) => {
  const parsed = parseCondition(text)
  assert.ok('condition' in parsed, `${text}: ${'problem' in parsed && parsed.problem}`)
  return parsed.condition
}

/** A choice is nothing that is answered quickly, so the whole of it is CEL's. */
const asCel = (text: string) => conditionOf(`(${text}) ? true : false`)

const VALUES: readonly unknown[] = [
  ...['', 'a', 'ab', 'ba', '5', 'ä', '😀', 'a😀', '\ud83d', '\ude00a', 'A'],
  ...[0, -0, 5, 5.5, -5, 6, 2 ** 53, 2 ** 60, 1e300, Infinity, -Infinity],
  ...[true, false, null, [], ['a'], ['a', 5], {}, { x: 'a' }],
]

const factsWith = (x: unknown, more: Partial<Facts['principal']> = {}): Facts => ({
  principal: {
    kind: 'member',
    id: 'm',
    role: 'admin',
    roles: ['a', 'b'],
    scopes: [],
    issuer: '',
    client_id: 'c',
    ...more,
  },
  server: 'one',
  method: 'tools/call',
  tool: 'ab',
  args: { x },
  request: { address: '192.0.2.1', time: new Date(0) },
})

const FACTS: readonly Facts[] = [
  ...VALUES.map((x) => factsWith(x)),
  factsWith('a', { role: 'owner', groups: ['g'], scopes: ['s', 'a'] }),
  { ...factsWith(0), args: {} },
  ...['{"__proto__":{"x":"a"},"y":1}', '{"constructor":5,"x":"a"}', '{"toString":"a","hasOwnProperty":5,"x":5}'].map(
    (args) => ({ ...factsWith(0), args: JSON.parse(args) as Facts['args'] }),
  ),
  { ...factsWith(0), args: Object.assign(Object.create(null) as Facts['args'], { x: 'a' }) },
]

const ATOMS: readonly string[] = [
  ...['==', '!=', '<', '<=', '>', '>='].flatMap((op) => [`args.x ${op} 5`, `args.x ${op} -5`, `size(args.x) ${op} 2`]),
  ...['==', '!='].flatMap((op) => [`args.x ${op} "a"`, `args.x ${op} ""`, `args.x ${op} 0`, `tool ${op} "ab"`]),
  ...['args.x == 9007199254740991', 'args.constructor == 5', 'args.toString == "a"', 'args.x.size() == 1'],
  ...['has(args.x)', 'has(args.y)', 'has(args.toString)', 'has(args.constructor)'],
  ...['startsWith', 'endsWith', 'contains'].flatMap((name) => [`args.x.${name}("a")`, `args.x.${name}("")`]),
  ...['args.x in ["a", "5", "😀"]', 'principal.role in ["owner"]', '"a" in principal.roles', '"g" in principal.groups'],
  ...['"a" in principal.scopes', 'principal.role == "admin"', 'principal.client_id.startsWith("c")'],
  ...['server == "one"', 'method.endsWith("/call")', 'request.address.startsWith("192.0.2.")', 'tool.size() > 1'],
]

const outcomeOf = (condition: ReturnType<typeof conditionOf>, facts: Facts): boolean | 'no answer' => {
  try {
    return condition.holds(facts)
  } catch {
    return 'no answer'
  }
}

function assertSame(text: string): void {
  const [quick, cel] = [conditionOf(text), asCel(text)]
  FACTS.forEach((facts, index) =>
    assert.equal(outcomeOf(quick, facts), outcomeOf(cel, facts), `${text} of facts ${index}`),
  )
}

test('every plain comparison is answered as CEL answers it, or left to CEL', () => {
  for (const atom of ATOMS) {
    assert.ok(quickCondition(parse(atom).ast), `${atom} is not plain`)
    assertSame(atom)
    assertSame(`!(${atom})`)
  }
})

test('joined by && and ||, either side may have no answer', () => {
  for (const [index, left] of ATOMS.entries()) {
    for (const step of [1, 7, 19]) {
      const right = ATOMS[(index + step) % ATOMS.length]!
      for (const text of [`${left} && ${right}`, `${left} || ${right}`, `!(${left}) && (${right} || has(args.y))`])
        assertSame(text)
    }
  }
})

test('what is more than a plain comparison is left to CEL', () => {
  for (const text of [
    'args.x.y == "a"',
    'args["x"] == "a"',
    'args.list.exists(e, e == "a")',
    'args.x == args.y',
    'args.x == 5.5',
    'args.x == 9007199254740993',
    'args.x < "a"',
    'args.x in [1, 2]',
    '"a" in args.x',
    'request.time.getHours() > 5',
    'has(args.x.y)',
    'args.x == true',
  ])
    assert.equal(quickCondition(parse(text).ast), undefined, text)
})
