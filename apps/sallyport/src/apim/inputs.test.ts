import assert from 'node:assert/strict'
import { test } from 'node:test'
import { RAW, inputsOf } from './inputs.fixture.ts'
import { toApimInputs } from './inputs.ts'
import type { RawApimInputs } from './inputs.ts'

function problemsOf(changes: RawApimInputs): string[] {
  const inputs = toApimInputs({ ...RAW, ...changes })
  return 'problems' in inputs ? inputs.problems.map(({ input }) => input) : []
}

test('A-44 GUIDs, host and backend come out in one spelling', () => {
  const inputs = inputsOf({
    tenant: 'AAAAAAAA-1111-4111-8111-111111111111',
    host: 'Gateway.Acme.Example',
    backend: 'https://mcp.acme.example:8443/v1/mcp/',
  })
  assert.equal(inputs.tenant, 'aaaaaaaa-1111-4111-8111-111111111111')
  assert.equal(inputs.host, 'gateway.acme.example')
  assert.deepEqual(inputs.backend, { origin: 'https://mcp.acme.example:8443', path: '/v1/mcp' })
  assert.deepEqual(inputsOf().backend, { origin: 'https://mcp.context7.com', path: '/mcp/oauth' })
})

test('A-12 A-72 a host is a name alone, so that no artefact mixes the two forms', () => {
  const refused = [
    'https://acme.azure-api.net',
    'acme.azure-api.net/',
    'acme',
    '10.0.0.1',
    'a..b',
    '-a.b',
    'a.b:443',
    `${'a'.repeat(64)}.b`,
  ]
  for (const host of refused) assert.deepEqual(problemsOf({ host }), ['host'], host)
  for (const host of ['xn--bcher-kva.example', 'a.b', '3com.example']) assert.deepEqual(problemsOf({ host }), [], host)
})

test('A-44 a backend is an https URL without query, user name or dot segments', () => {
  const refused = [
    ...['http://a.example', 'https://a', 'https://u@a.example', 'https://a.example?x', 'https://a.example/#x'],
    ...[
      'https://a.example/..',
      'https://a.example/a/./b',
      'https://a.example//b',
      'https://a.example:99999',
      'https://a.example:443',
    ],
    ...['https://a.example/%2e', 'https://127.0.0.1', 'https://a.example/"', ''],
  ]
  for (const backend of refused) assert.deepEqual(problemsOf({ backend }), ['backend'], backend)
})

test('A-44 a publisher may have any visible name, and nothing that hides or that az would read as a file', () => {
  for (const publisherName of [`Acme & "O'Neil" <$(x)> \\ \${y} \`z\``, '株式会社', '7 Seas', 'a'.repeat(100)]) {
    assert.deepEqual(problemsOf({ publisherName }), [], publisherName)
  }
  for (const publisherName of [
    '',
    '@/etc/passwd',
    '-x',
    ' x',
    'a\nb',
    'a\0',
    'a\u202eb',
    'a\ud800',
    'a\u2028',
    'a'.repeat(101),
  ]) {
    assert.deepEqual(problemsOf({ publisherName }), ['publisherName'], JSON.stringify(publisherName))
  }
  for (const publisherEmail of [
    'ops',
    'a@b',
    '@acme.example',
    'a b@acme.example',
    '$(x)@acme.example',
    '-x@acme.example',
  ]) {
    assert.deepEqual(problemsOf({ publisherEmail }), ['publisherEmail'], publisherEmail)
  }
  assert.deepEqual(problemsOf({ publisherEmail: "o'neil+x@acme.example" }), [])
})

test('S2B-13 the gateway and the API are two apps', () => {
  assert.deepEqual(problemsOf({ apiClientId: RAW.gatewayClientId }), ['apiClientId'])
})

test('all problems are named at once, and no value is repeated', () => {
  const inputs = toApimInputs({
    ...RAW,
    tenant: 'x\u001b[31m',
    host: 'x\u001b[31m',
    cloud: 'moon',
    scope: 'a b',
    apiPath: 'a/b',
  })
  assert.ok('problems' in inputs)
  assert.deepEqual(inputs.problems.map(({ input }) => input).sort(), ['apiPath', 'cloud', 'host', 'scope', 'tenant'])
  assert.doesNotMatch(JSON.stringify(inputs.problems), /u001b|moon/)
})
