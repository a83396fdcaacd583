import assert from 'node:assert/strict'
import { test } from 'node:test'
import { inputsOf } from './inputs.fixture.ts'
import { renderApim, renderFaithfulApim } from './render.ts'
import { elementsOf, only, parseXml } from './xml.fixture.ts'
import type { XmlElement } from './xml.fixture.ts'

// What render.test.ts does not say of the single elements, under the numbers of their list.

const corrected = renderApim(inputsOf())
const faithful = renderFaithfulApim(inputsOf())
const both = [
  ['corrected', corrected],
  ['faithful', faithful],
] as const

const inbound = (policy: string): XmlElement => only(parseXml(policy), 'inbound')
const expressions = (policy: string): string[] =>
  [...elementsOf(parseXml(policy))]
    .flatMap(({ attributes, text }) => [...Object.values(attributes), text])
    .filter((value) => /^@[({]/.test(value))
const variables = (section: XmlElement) =>
  section.children.filter(({ name }) => name === 'set-variable').map(({ attributes }) => attributes)
const indexOf = (section: XmlElement, matches: (element: XmlElement) => boolean): number => {
  const index = section.children.findIndex(matches)
  assert.notEqual(index, -1)
  return index
}

for (const [shape, artefacts] of both) {
  const policy = artefacts['policy.xml']

  test(`S2 15 A-30 ${shape}: every section begins with base, but where forward-request takes its place`, () => {
    for (const { name, children } of parseXml(policy).children) {
      const first = shape === 'corrected' && name === 'backend' ? 'forward-request' : 'base'
      assert.equal(children[0]!.name, first, name)
      assert.equal(children.filter((child) => ['base', 'forward-request'].includes(child.name)).length, 1, name)
    }
  })

  test(`S2 15 A-32 ${shape}: right after the token's check come the four named values, in this order`, () => {
    const four = inbound(policy).children.slice(2, 6)
    assert.deepEqual(
      four.map(({ name, attributes }) => [name, attributes.name, attributes.value]),
      [
        ['set-variable', 'entraTenantId', '{{entra-tenant-id}}'],
        ['set-variable', 'gatewayAppId', '{{apim-gateway-app-id}}'],
        ['set-variable', 'gatewaySecret', '{{apim-gateway-client-secret}}'],
        ['set-variable', 'mcpApiAppId', '{{mcp-api-app-id}}'],
      ],
    )
  })

  test(`S2 15 A-33 ${shape}: the object id is the claim of the token without "Bearer ", and empty when there is none`, () => {
    const section = inbound(policy)
    const oid = variables(section).find(({ name }) => name === 'userOid')!.value!
    assert.match(oid, /^@\{.*\.AsJwt\(\).*\.Claims\.GetValueOrDefault\("oid", ""\);\s*\}$/s)
    const source = shape === 'faithful' ? oid : variables(section).find(({ name }) => name === 'inboundToken')!.value!
    assert.match(source, /Headers\.GetValueOrDefault\("Authorization", ""\)/)
    assert.match(source, /StartsWith\("Bearer "[^)]*\) \? header\.Substring\(7\)/)
  })

  test(`S2 15 A-34 ${shape}: the look-up has no default, so that a miss leaves the variable unset`, () => {
    const { attributes } = only(parseXml(policy), 'cache-lookup-value')
    assert.deepEqual(Object.keys(attributes), ['key', 'variable-name'])
    assert.equal(attributes['variable-name'], 'oboToken')
  })

  test(`S2 15 A-35 ${shape}: what is looked up, stored and sent on is one variable under one key`, () => {
    const root = parseXml(policy)
    const stored = only(root, 'cache-store-value').attributes
    assert.equal(stored.key, only(root, 'cache-lookup-value').attributes.key)
    assert.equal(stored.value, '@((string)context.Variables["oboToken"])')
  })

  test(`S2 15 A-36 A-37 ${shape}: the exchanged token takes the place of the caller's before the path is rewritten`, () => {
    const section = inbound(policy)
    const authorization = indexOf(section, ({ attributes }) => attributes.name === 'Authorization')
    assert.deepEqual(section.children[authorization]!.attributes, {
      name: 'Authorization',
      'exists-action': 'override',
    })
    assert.equal(
      only(section.children[authorization]!, 'value').text,
      '@("Bearer " + (string)context.Variables["oboToken"])',
    )
    const exchange = indexOf(section, (element) => [...elementsOf(element)].some(({ name }) => name === 'send-request'))
    assert.ok(exchange < authorization)
    assert.equal(section.children.at(-1)!.name, 'rewrite-uri')
  })

  test(`S2 15 A-38 ${shape}: only a 401 is given the challenge`, () => {
    const section = only(parseXml(policy), 'on-error')
    assert.equal(only(section, 'when').attributes.condition, '@(context.Response.StatusCode == 401)')
    assert.deepEqual(only(section, 'set-header').attributes, {
      name: 'WWW-Authenticate',
      'exists-action': 'override',
    })
  })

  test(`S2 15 A-42 D-06 ${shape}: no expression holds a named value, whatever a gateway does with one inside C#`, () => {
    const policies = Object.entries(artefacts).filter(([name]) => name.endsWith('.xml'))
    for (const [name, xml] of policies) {
      for (const expression of expressions(xml)) assert.doesNotMatch(expression, /\{\{/, name)
    }
    assert.ok(expressions(policy).length > 5)
  })

  test(`S2 15 A-50 A-55 ${shape}: metadata is answered at once: one section, no base, JSON of 200`, () => {
    for (const file of ['prm-policy.xml', 'as-metadata-policy.xml'] as const) {
      const root = parseXml(artefacts[file])
      assert.deepEqual(
        root.children.map(({ name }) => name),
        ['inbound'],
      )
      assert.ok(![...elementsOf(root)].some(({ name }) => name === 'base'))
      for (const answer of [...elementsOf(root)].filter(({ name }) => name === 'return-response')) {
        assert.deepEqual(only(answer, 'set-status').attributes, { code: '200', reason: 'OK' })
        const type = answer.children.find(({ attributes }) => attributes.name === 'Content-Type')!
        assert.deepEqual([type.attributes['exists-action'], only(type, 'value').text], ['override', 'application/json'])
        assert.doesNotMatch(only(answer, 'set-body').text, /[<&]/, 'A-51')
      }
    }
  })
}

test('S2 15 A-31 S2B-02 corrected: the scope is one of several words, and no second audience is accepted', () => {
  const check = only(parseXml(corrected['policy.xml']), 'validate-azure-ad-token')
  assert.equal(only(check, 'claim').attributes.separator, ' ')
  assert.equal(only(check, 'audiences').children.length, 1)
})

test('S2 15 A-35 S2B-10 corrected: every failed exchange ends the call before anything is stored', () => {
  const exchange = [...elementsOf(parseXml(corrected['policy.xml']))].find(({ attributes }) =>
    attributes.condition?.includes('ContainsKey("oboToken")'),
  )!
  const names = exchange.children.map((child) => [...elementsOf(child)].map(({ name }) => name))
  const lastRefusal = names.findLastIndex((below) => below.includes('return-response'))
  const stores = names.findIndex((below) => below.includes('cache-store-value'))
  assert.ok(lastRefusal !== -1 && lastRefusal < stores)
  const last = exchange.children[lastRefusal]!
  assert.equal(
    only(last, 'when').attributes.condition,
    '@((string)context.Variables["oboFailure"] != "")',
    'whatever has no answer of its own is refused as well',
  )
})

test('S2 15 A-51 corrected: metadata may be cached for minutes and read by any origin', () => {
  for (const file of ['prm-policy.xml', 'as-metadata-policy.xml'] as const) {
    const answers = [...elementsOf(parseXml(corrected[file]))].filter(({ name }) => name === 'return-response')
    for (const answer of answers) {
      const headers = answer.children.filter(({ name }) => name === 'set-header')
      assert.deepEqual(
        headers.map((header) => [header.attributes.name, only(header, 'value').text]),
        [
          ['Content-Type', 'application/json'],
          ['Cache-Control', 'max-age=300'],
          ['Access-Control-Allow-Origin', '*'],
        ],
      )
    }
  }
})

test('S2 15 A-62 corrected: what is sent to the token endpoint is written anew before its path is', () => {
  const section = inbound(corrected['token-policy.xml'])
  const refused = indexOf(section, (element) => [...elementsOf(element)].some(({ name }) => name === 'return-response'))
  const body = indexOf(section, ({ name }) => name === 'set-body')
  assert.ok(refused < body)
  assert.deepEqual(section.children.at(-1)!.attributes, { template: '/token', 'copy-unmatched-params': 'false' })
  const allowed = /allowed = new HashSet<string> \{ ([^}]*) \}/.exec(section.children[body]!.text)![1]!
  assert.ok(!allowed.includes('resource') && allowed.includes('"code_verifier"'))
})
