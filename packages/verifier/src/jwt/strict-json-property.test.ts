import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseStrictJson } from './strict-json.ts'

const parse = (text: string | Buffer) => parseStrictJson(Buffer.isBuffer(text) ? text : Buffer.from(text), 128)
const verdictOf = (text: string | Buffer) => {
  const parsed = parse(text)
  return 'problem' in parsed ? parsed.problem : 'read'
}

/** A small generator of its own: tests must be the same on every run. */
function randomFrom(seed: number) {
  let state = seed
  return (below: number) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state % below
  }
}

const NAMES = [
  'a',
  'b',
  'name',
  'method',
  '',
  '"',
  '\\',
  '{',
  '}',
  '[',
  ',',
  ':',
  'ü',
  '\u0000',
  '𝕏',
  'a"b\\',
  '__proto__',
]

/** JSON text, and whether parsers could differ on it: repeated names, spelt in ways that a quick look would miss. */
function randomJson(random: (below: number) => number, depth = 0): { text: string; doubtful: boolean } {
  const kind = depth > 4 ? random(3) : random(6)
  if (kind === 0) return { text: String(random(1000) - 500), doubtful: false }
  if (kind === 1) return { text: spell(NAMES[random(NAMES.length)]!, random), doubtful: false }
  if (kind === 2) return { text: ['true', 'false', 'null', '[]', '{}'][random(5)]!, doubtful: false }
  const children = Array.from({ length: random(4) }, () => randomJson(random, depth + 1))
  const within = children.some(({ doubtful }) => doubtful)
  if (kind === 3) return { text: `[${children.map(({ text }) => text).join(' ,')}]`, doubtful: within }
  const names = children.map(() => NAMES[random(NAMES.length)]!)
  const spelt = names.map((name) => spell(name, random))
  const members = children.map(({ text }, index) => `${spelt[index]}\n:\t${text}`)
  const oneEscaped = names.some((name, index) => name.length === 1 && spelt[index]!.includes('\\'))
  const repeated = new Set(names).size < names.length
  return { text: `{ ${members.join(',')}}`, doubtful: within || oneEscaped || repeated }
}

/** The same string in one of its many spellings (RFC 8259 §7). */
function spell(text: string, random: (below: number) => number): string {
  const escaped = [...JSON.stringify(text).slice(1, -1)].join('')
  if (random(2) === 0) return `"${escaped}"`
  const units = Array.from({ length: text.length }, (_, index) => text.charCodeAt(index).toString(16).padStart(4, '0'))
  return `"${units.map((unit) => `\\u${unit}`).join('')}"`
}

test('what parsers could differ on is found wherever it is and however it is spelt (5,000 random texts)', () => {
  const random = randomFrom(20_260_728)
  let found = 0
  for (let round = 0; round < 5_000; round++) {
    const { text, doubtful } = randomJson(random)
    found += Number(doubtful)
    assert.equal(verdictOf(text), doubtful ? 'ambiguous' : 'read', JSON.stringify(text))
  }
  assert.ok(found > 500 && found < 4_500, `${found} of 5,000 texts were doubtful`)
})

test('what is read has the names that the text has, as a parser without shortcuts finds them', () => {
  const random = randomFrom(7)
  for (let round = 0; round < 5_000; round++) {
    const { text } = randomJson(random)
    const parsed = parse(text)
    if ('value' in parsed) assert.deepEqual(namesOf(parsed.value), namesIn(text), JSON.stringify(text))
  }
})

const namesOf = (value: unknown): string[] =>
  typeof value !== 'object' || value === null
    ? []
    : Object.entries(value)
        .flatMap(([name, child]) => [...(Array.isArray(value) ? [] : [name]), ...namesOf(child)])
        .sort()

/** Every string that a colon follows, unescaped one code unit at a time. */
const namesIn = (text: string): string[] =>
  [...text.matchAll(/"((?:[^"\\]|\\.)*)"\s*:/g)].map(([, spelt]) => unescape(spelt!)).sort()

const unescape = (spelt: string): string =>
  spelt.replaceAll(/\\(?:u([0-9a-f]{4})|(.))/gi, (_, hex: string | undefined, plain: string | undefined) =>
    hex === undefined ? plain! : String.fromCharCode(Number.parseInt(hex, 16)),
  )

for (const [what, bytes, verdict] of [
  ['a byte order mark', Buffer.from('\ufeff{}'), 'ambiguous'],
  ['bytes that are not UTF-8', Buffer.from([0x22, 0xff, 0x22]), 'malformed'],
  ['UTF-16', Buffer.from('{}', 'utf16le'), 'malformed'],
  ['an overlong encoding of a quote', Buffer.from([0x22, 0xc0, 0xa2, 0x22]), 'malformed'],
  ['a surrogate in UTF-8', Buffer.from([0x22, 0xed, 0xa0, 0x80, 0x22]), 'malformed'],
  ['a comment', '{/**/}', 'malformed'],
  ['a trailing comma', '[1,]', 'malformed'],
  ['two values', '{}{}', 'malformed'],
  ['nothing', '', 'malformed'],
  ['NaN', 'NaN', 'malformed'],
  ['a name twice at the 100th level', `${'[{"x":'.repeat(50)}{"ab":1,"\\u0061b":2}${'}]'.repeat(50)}`, 'ambiguous'],
  ['200 levels', `${'['.repeat(200)}${']'.repeat(200)}`, 'ambiguous'],
  ['a name of one character with an escape', '{"\\u0061":1}', 'ambiguous'],
  ['a value of one character with an escape', '{"a":"\\u0061"}', 'read'],
  ['128 levels', `${'['.repeat(128)}${']'.repeat(128)}`, 'read'],
] as const) {
  test(`${what}: ${verdict}`, () => assert.equal(verdictOf(bytes), verdict))
}

test('an object with very many names costs no quadratic time', () => {
  const members = Array.from({ length: 200_000 }, (_, index) => `"n${index}":0`)
  const startedAt = performance.now()
  assert.equal(verdictOf(`{${members.join(',')}}`), 'read')
  assert.equal(verdictOf(`{${members.join(',')},"n7":1}`), 'ambiguous')
  assert.ok(performance.now() - startedAt < 2_000)
})
