import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { ACME, startGate } from '../../support/gate.ts'
import type { TestGate } from '../../support/gate.ts'
import { sendRaw, sendRequest, writeRequest } from '../../support/raw-http.ts'
import { challengeOf, expectAllowed, expectRefusal } from '../../support/refusals.ts'

let gate: TestGate
let accessToken: string
before(async () => {
  gate = await startGate()
  accessToken = await gate.tokenFor(ACME.ada.email)
})
after(() => gate.close())

type Header = readonly [string, string]
const send =
  (...headers: Header[]) =>
  () =>
    sendRequest(gate.mcpUrl, { headers })
const authorization = (value: string): Header => ['Authorization', value]
const missing = { status: 401, code: 'token_missing' }
const malformed = { status: 401, code: 'token_malformed', says: 'Invalid token' }

test('X-01 a call without a credential is challenged, without an error code (RFC 6750 §3.1)', async () => {
  const challenge = challengeOf(await expectRefusal(gate, send(), missing))
  assert.deepEqual(Object.keys(challenge).sort(), ['resource_metadata', 'scope'])
})

for (const scheme of ['Bearer', 'bearer', 'BEARER', 'bEaReR', 'Bearer   ']) {
  test(`X-02 the scheme written ${JSON.stringify(scheme)} is Bearer`, async () => {
    await expectAllowed(gate, send(authorization(`${scheme} ${accessToken}`)))
  })
}

test('X-02 the name of the header has no case either', async () => {
  await expectAllowed(gate, send(['aUTHORIZATION', `Bearer ${accessToken}`]))
})

test('X-03 a token without a scheme is no credential', async () => {
  await expectRefusal(gate, send(authorization(accessToken)), missing)
})

for (const name of [
  'context7-api-key',
  'x-api-key',
  'context7_api_key',
  'x_api_key',
  'X-Context7-API-Key',
  'X-MS-TOKEN-AAD-ACCESS-TOKEN',
  'X-Access-Token',
  'X-Auth-Token',
  'Proxy-Authorization',
  'X-Forwarded-Authorization',
  'X-Original-Authorization',
]) {
  test(`X-03 X-04 a token in ${name} is no credential`, async () => {
    await expectRefusal(gate, send([name, `Bearer ${accessToken}`]), missing)
    await expectRefusal(gate, send([name, accessToken]), missing)
  })
}

test('X-03 a token in a cookie is no credential', async () => {
  await expectRefusal(gate, send(['Cookie', `access_token=${accessToken}; token=${accessToken}`]), missing)
})

test('X-04 access_token in the query is no credential, goes nowhere and is never logged', async () => {
  const target = `/context7/mcp?access_token=${accessToken}&token=query-canary`
  await expectRefusal(gate, () => sendRequest(gate.mcpUrl, { target }), missing)

  const before = gate.upstream.seen.length
  await expectAllowed(gate, () =>
    sendRequest(gate.mcpUrl, { target, headers: [authorization(`Bearer ${accessToken}`)] }),
  )
  assert.ok(!gate.upstream.seen[before]!.url.includes('canary'), 'the query is not sent on')
  await gate.sallyport.flushAudit()
  const { events } = await gate.admin.must('GET', '/audit?limit=1000')
  for (const written of [gate.logged.join(''), JSON.stringify(events)]) {
    assert.ok(!written.includes('query-canary') && !written.includes(accessToken))
  }
})

test('X-04 access_token in a form body is no credential', async () => {
  const request = {
    body: `access_token=${accessToken}`,
    headers: [['content-type', 'application/x-www-form-urlencoded']] as const,
    without: ['content-type'],
  }
  await expectRefusal(gate, () => sendRequest(gate.mcpUrl, request), missing)
})

const pairs: Readonly<Record<string, (good: Header) => Header[]>> = {
  'the same one twice': (good) => [good, good],
  'a good one, then another': (good) => [good, authorization('Bearer other')],
  'another, then a good one': (good) => [authorization('Bearer other'), good],
  'Basic, then a good one': (good) => [authorization('Basic YTpi'), good],
  'a good one, then an empty one': (good) => [good, authorization('')],
  'two spellings of the name': ([, value]) => [
    ['authorization', value],
    ['AUTHORIZATION', value],
  ],
}
for (const [what, headers] of Object.entries(pairs)) {
  test(`X-05 two Authorization headers, ${what}, are refused: neither is chosen`, async () => {
    await expectRefusal(gate, send(...headers(authorization(`Bearer ${accessToken}`))), malformed)
  })
}

test('X-05 two credentials that a proxy joined with a comma are refused', async () => {
  for (const joined of [
    `Bearer ${accessToken}, Bearer ${accessToken}`,
    `Bearer ${accessToken},Bearer other`,
    `Bearer other, Bearer ${accessToken}`,
    `Basic YTpi, Bearer ${accessToken}`,
  ]) {
    await expectRefusal(gate, send(authorization(joined)), malformed)
  }
})

test('X-06 a token longer than 16 KiB is refused before it is parsed', async () => {
  const { length } = gate.emulator.requests
  await expectRefusal(gate, send(authorization(`Bearer ${'a'.repeat(16 * 1024 + 1)}`)), malformed)
  await expectRefusal(gate, send(authorization(`Bearer ${accessToken}${'A'.repeat(40 * 1024)}`)), malformed)
  assert.equal(gate.emulator.requests.length, length)
})

test('X-06 headers beyond 64 KiB are answered 431, and the gate goes on', async () => {
  const [answer] = await sendRaw(
    gate.mcpUrl,
    writeRequest(gate.mcpUrl, { headers: [['x-big', 'a'.repeat(70 * 1024)]] }),
  )
  assert.equal(answer?.status, 431)
  await expectAllowed(gate, send(authorization(`Bearer ${accessToken}`)))
})

for (const [what, value] of [
  ['a space inside', 'abc def'],
  ['a tab inside', 'abc\tdef'],
  ['a letter beyond ASCII', 'abc\u00e9def'],
  ['a quote', 'abc"def'],
  ['a comma', 'abc,def'],
  ['a semicolon', 'abc;def'],
  ['= in the middle', 'abc=def'],
  ['% escapes', 'abc%2Edef'],
] as const) {
  test(`X-07 a token with ${what} is refused as invalid_token`, async () => {
    const refusal = await expectRefusal(gate, send(authorization(`Bearer ${value}`)), malformed)
    assert.equal(challengeOf(refusal)['error'], 'invalid_token')
  })
}

for (const [what, byte] of [
  ['NUL', '\u0000'],
  ['a bell', '\u0007'],
  ['a bare carriage return', '\r'],
  ['DEL', '\u007f'],
] as const) {
  test(`X-07 a token with ${what} is refused, at the latest by the outer door`, async () => {
    const reached = gate.upstream.seen.length
    const [answer] = await sendRaw(
      gate.mcpUrl,
      writeRequest(gate.mcpUrl, { headers: [authorization(`Bearer a${byte}b`)] }),
    )
    assert.ok(answer?.status === 400 || answer?.status === 401, String(answer?.status))
    assert.equal(gate.upstream.seen.length, reached)
  })
}

for (const value of ['Bearer', 'Bearer ', 'Bearer    ']) {
  test(`X-08 ${JSON.stringify(value)} with nothing after it is an invalid token`, async () => {
    await expectRefusal(gate, send(authorization(value)), malformed)
  })
}

test('X-08 another scheme is no credential of ours', async () => {
  for (const value of ['Basic YTpi', 'DPoP abc', 'Bearerabc', 'Negotiate abc', '']) {
    await expectRefusal(gate, send(authorization(value)), missing)
  }
})
