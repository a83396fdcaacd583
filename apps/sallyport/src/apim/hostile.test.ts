import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { test } from 'node:test'
import { bashRefuses, shellCheckSays } from './bash.fixture.ts'
import { readBicep } from './bicep-grammar.fixture.ts'
import { bicepTokens } from './bicep.fixture.ts'
import { bashWord, bicepString, csharpString, policyJson, xmlAttribute, xmlLiteral, xmlText } from './escape.ts'
import { HOSTILE, randomFrom, spoil } from './hostile.fixture.ts'
import { RAW } from './inputs.fixture.ts'
import { toApimInputs } from './inputs.ts'
import type { RawApimInputs } from './inputs.ts'
import { renderApim, renderFaithfulApim } from './render.ts'
import { elementsOf, parseXml } from './xml.fixture.ts'

const ROUNDS = 2000
/** ShellCheck takes a third of a second for one, so it is asked about the longest only. */
const SHELL_CHECKED = 4
const INPUTS = [...(Object.keys(RAW) as (keyof RawApimInputs)[]), 'cloud', 'apiPath', 'scope'] as const
const VALID: Required<RawApimInputs> = { ...RAW, cloud: 'global', apiPath: 'context7', scope: 'Mcp.Gateway.Access' }

interface Reading {
  /** Names, attributes and depth, without any value: what a value that left its quotes would change. */
  readonly shape: unknown
  /** Each string of C# is one mark, so that only code is left. */
  readonly code: readonly string[]
}

/** Every policy is parsed; the very same bytes only once. */
const readings = new Map<string, Reading>()
function readingOf(xml: string): Reading {
  const known = readings.get(xml)
  if (known) return known
  const elements = [...elementsOf(parseXml(xml))]
  const reading = {
    shape: elements.map(({ name, attributes, children }) => [name, Object.keys(attributes), children.length]),
    code: elements
      .flatMap(({ attributes, text }) => [...Object.values(attributes), text])
      .filter((value) => value.startsWith('@'))
      .map((value) => value.replace(/"(?:[^"\\\n]|\\.)*"/g, '§')),
  }
  readings.set(xml, reading)
  return reading
}

/** Without comments; each quoted word becomes one mark. */
const commandsOf = (bash: string): string => bash.replace(/^ *#.*$/gm, '').replace(/'[^']*'(?:\\''[^']*')*/g, '§')

/** Runs bash once over many words and answers what it made of each. */
function expandedByBash(words: readonly string[]): string[] {
  const script = `printf '%s\\0' ${words.join(' ')}`
  const { status, stdout } = spawnSync('bash', ['-s'], { input: script })
  assert.equal(status, 0)
  return stdout.toString('utf8').split('\0').slice(0, -1)
}

test('S2 15 A-44 of 2,000 hostile inputs each is refused or stays one literal of every artefact', async () => {
  const random = randomFrom(15)
  const usual = [renderApim, renderFaithfulApim].map((render) => {
    const inputs = toApimInputs(VALID)
    assert.ok(!('problems' in inputs))
    return render(inputs)
  })
  let refused = 0
  const names: string[] = []
  const scripts = new Set<string>()
  for (let round = 0; round < ROUNDS; round++) {
    // The name of the publisher is free text: every other round is about it.
    const input = round % 2 === 0 ? 'publisherName' : INPUTS[Math.floor(random() * INPUTS.length)]!
    const raw = { ...VALID, [input]: spoil(VALID[input], random) }
    const inputs = toApimInputs(raw)
    if ('problems' in inputs) {
      assert.deepEqual(new Set(inputs.problems.map((problem) => problem.input)), new Set([input]))
      refused++
      continue
    }
    const said = JSON.stringify(raw[input])
    if (input === 'publisherName') names.push(raw.publisherName)
    for (const [index, artefacts] of [renderApim(inputs), renderFaithfulApim(inputs)].entries()) {
      for (const [name, text] of Object.entries(artefacts)) {
        const before = usual[index]![name as 'policy.xml']
        if (name.endsWith('.xml')) assert.deepEqual(readingOf(text), readingOf(before), `${name} ${said}`)
        if (name.endsWith('.bicep')) {
          assert.equal(bicepTokens(text).length, bicepTokens(before).length, said)
          assert.equal(readBicep(text).shape, readBicep(before).shape, said)
        }
        if (name.endsWith('.sh')) scripts.add(text)
        if (name.endsWith('.sh') && input !== 'apiPath') assert.equal(commandsOf(text), commandsOf(before), said)
      }
    }
    const tokens = bicepTokens(renderApim(inputs)['apim.bicep'])
    assert.ok(tokens.includes(`'${inputs.publisherName}`), `the name is one literal: ${said}`)
    const { strings } = readBicep(renderApim(inputs)['apim.bicep'])
    assert.ok(strings.includes(bicepString(inputs.publisherName).slice(1, -1)), `and so for the grammar: ${said}`)
  }
  assert.ok(refused > 500 && names.length > 300, `${refused} refused, ${names.length} names rendered`)
  assert.deepEqual(
    expandedByBash(names.map((name) => bashWord(`publisherName=${name}`))),
    names.map((name) => `publisherName=${name}`),
  )
  assert.deepEqual(bashRefuses([...scripts]), [])
  const oddest = [...scripts].sort((one, other) => other.length - one.length).slice(0, SHELL_CHECKED)
  for (const script of oddest) assert.deepEqual(await shellCheckSays(script), [])
})

test('S2 15 A-40 escaping alone keeps any text one literal, had validation let it through', () => {
  const random = randomFrom(40)
  const texts = Array.from({ length: ROUNDS }, () => spoil('x', random)).map((text) =>
    text.toWellFormed().replace(/[\0\ufffd]/g, ''),
  )
  assert.deepEqual(expandedByBash(texts.map(bashWord)), texts)
  for (const text of texts) {
    assert.deepEqual(bicepTokens(`x ${bicepString(text)} y`), ['x', `'${text}`, 'y'])
    const csharp = csharpString(text)
    assert.match(csharp, /^"(?:[A-Za-z0-9 ._~:/?#=+,-]|\\u[0-9a-f]{4})*"$/)
    assert.equal(JSON.parse(csharp), text)
    const json = policyJson({ text })
    assert.equal(JSON.parse(json).text, text)
    assert.doesNotMatch(json, /[<>&@]|\{\{|\}\}/)
    const visible = text.replace(/[\x00-\x08\x0b-\x1f]/g, '')
    // XML 1.0 §3.3.3: in an attribute, tabs and line ends are read as spaces.
    assert.equal(parseXml(`<a b="${xmlAttribute(visible)}"/>`).attributes.b, visible.replace(/[\t\n]/g, ' '))
    assert.equal(parseXml(`<a>${xmlText(visible)}</a>`).text, visible.trim())
  }
})

test('A-43 S2 15 a policy is never given a value that API Management would read as an expression or a named value', () => {
  for (const text of ['{{x}}', 'a}}', '@(1)', ' @{ return 1; }', 'a\0', '\ud800'])
    assert.throws(() => xmlLiteral(text), TypeError)
  for (const text of HOSTILE.filter((piece) => /^[^\x00-\x1f@{}\ud800]+$/.test(piece))) {
    assert.equal(parseXml(`<a b="${xmlLiteral(text)}"/>`).attributes.b, text)
  }
  assert.throws(() => bashWord('a\0'), TypeError)
})
