import assert from 'node:assert/strict'
import { test } from 'node:test'
import { randomFrom, spoil } from './hostile.fixture.ts'
import { inputsOf } from './inputs.fixture.ts'
import { renderApim, renderFaithfulApim } from './render.ts'
import { elementsOf, parseXml } from './xml.fixture.ts'

const ROUNDS = 1000
const INPUTS = ['tenant', 'gatewayClientId', 'apiClientId', 'host', 'apiPath', 'scope'] as const

const policiesOf = (artefacts: object): [string, string][] =>
  Object.entries(artefacts).filter(([name]) => name.endsWith('.xml'))
const shapeOf = (xml: string) =>
  [...elementsOf(parseXml(xml))].map(({ name, attributes, children }) => [
    name,
    Object.keys(attributes),
    children.length,
  ])

/** Undefined when the renderer itself refuses. */
function rendered(render: typeof renderApim | typeof renderFaithfulApim, inputs: Parameters<typeof render>[0]) {
  try {
    return policiesOf(render(inputs))
  } catch (error) {
    if (error instanceof TypeError && /passed validation/.test(error.message)) return undefined
    throw error
  }
}

for (const render of [renderApim, renderFaithfulApim]) {
  test(`S2 15 A-44 ${render.name}: had validation let 1,000 hostile inputs through, no policy would have another shape`, () => {
    const random = randomFrom(44)
    const valid = inputsOf()
    const usual = new Map(policiesOf(render(valid)).map(([name, xml]) => [name, shapeOf(xml)]))
    let written = 0
    for (let round = 0; round < ROUNDS; round++) {
      const input = INPUTS[round % INPUTS.length]!
      const hostile = spoil(valid[input], random)
      const policies = rendered(render, { ...valid, [input]: hostile })
      if (policies === undefined) continue
      written++
      for (const [name, xml] of policies) {
        assert.deepEqual(shapeOf(xml), usual.get(name), `${name} ${input} ${JSON.stringify(hostile)}`)
      }
    }
    assert.ok(written > ROUNDS / 3, `${written} written`)
  })
}
