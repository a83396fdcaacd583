import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { NO_CREDENTIAL } from '../support/entra-tokens.ts'
import { ACME, startGate } from '../support/gate.ts'
import type { TestGate } from '../support/gate.ts'
import { sendRaw, writeRequest } from '../support/raw-http.ts'
import { expectAllowed, expectRefusal } from '../support/refusals.ts'

let gate: TestGate
let ada: string
before(async () => {
  gate = await startGate({ servers: NO_CREDENTIAL })
  ada = await gate.tokenFor(ACME.ada.email)
})
after(() => gate.close())

const send = (body: string | Buffer) => () => gate.call(ada, { body })
const ambiguous = { status: 400, code: 'message_ambiguous' }
const malformed = { status: 400, code: 'message_malformed' }

/** Where one parser takes the first and another the last, the gate would judge one and the server run the other. */
const twice: Readonly<Record<string, string>> = {
  'method twice': '{"jsonrpc":"2.0","id":1,"method":"tools/list","method":"tools/call","params":{"name":"x"}}',
  'params twice': '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"a"},"params":{"name":"b"}}',
  'name twice': '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"a","name":"b"}}',
  'name twice, once escaped': '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"a","\\u006eame":"b"}}',
  'name twice, far apart': `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"a",${Array.from({ length: 40 }, (_, i) => `"k${i}":1`).join()},"name":"b"}}`,
  'arguments twice':
    '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"a","arguments":{},"arguments":{}}}',
  'an argument twice': '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"a","arguments":{"p":1,"p":2}}}',
  'id twice': '{"jsonrpc":"2.0","id":1,"id":2,"method":"ping"}',
  'jsonrpc twice': '{"jsonrpc":"2.0","jsonrpc":"1.0","id":1,"method":"ping"}',
  'an empty name twice': '{"jsonrpc":"2.0","id":1,"method":"ping","params":{"":1,"":2}}',
  '__proto__ twice': '{"jsonrpc":"2.0","id":1,"method":"ping","params":{"__proto__":{},"__proto__":{}}}',
}
for (const [what, body] of Object.entries(twice)) {
  test(`duplicate members: a message with ${what} is refused`, async () => {
    await expectRefusal(gate, send(body), ambiguous)
  })
}

const call = (members: string, params = '"name":"a"') =>
  `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{${params}}${members}}`
const lookAlikes: Readonly<Record<string, string>> = {
  'Method beside method': call(',"Method":"tools/list"'),
  'METHOD beside method': call(',"METHOD":"tools/list"'),
  'Params beside params': call(',"Params":{"name":"b"}'),
  'Name beside name': call('', '"name":"a","Name":"b"'),
  'Name instead of name': call('', '"Name":"b"'),
  'Id beside id': call(',"ID":2'),
  'URI instead of uri': '{"jsonrpc":"2.0","id":1,"method":"resources/read","params":{"URI":"file:///x"}}',
  'Arguments beside arguments': call('', '"name":"a","arguments":{},"Arguments":{}'),
  '_Meta beside _meta': call('', '"name":"a","_Meta":{}'),
  'paramſ (U+017F, which folds to s)': call(',"param\u017f":{"name":"b"}'),
  'paramſ, escaped': call(',"param\\u017f":{"name":"b"}'),
  taſkId: '{"jsonrpc":"2.0","id":1,"method":"tasks/get","params":{"ta\u017fkId":"b"}}',
  'tasKId with the Kelvin sign': '{"jsonrpc":"2.0","id":1,"method":"tasks/get","params":{"tas\u212aId":"b"}}',
  'a look-alike of result': '{"jsonrpc":"2.0","id":1,"method":"ping","re\u017fult":{}}',
}
for (const [what, body] of Object.entries(lookAlikes)) {
  test(`look-alike members: ${what} is refused, since a case-blind server would read it`, async () => {
    await expectRefusal(gate, send(body), ambiguous)
  })
}

test('look-alike members: what decides nothing may be written in any case', async () => {
  await expectAllowed(gate, send(call('', '"name":"a","arguments":{"Name":"x","METHOD":"y"}')))
})

const utf16 = (text: string) => Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(text, 'utf16le')])
const odd: Readonly<Record<string, [string | Buffer, { code: string }]>> = {
  'a byte order mark': [`\ufeff${call('')}`, ambiguous],
  'UTF-16': [utf16(call('')), malformed],
  'a byte that is no UTF-8': [Buffer.from(call('', '"name":"a\xff"'), 'latin1'), malformed],
  'an overlong slash': [Buffer.from(call('', '"name":"a\xc0\xaf"'), 'latin1'), malformed],
  'an encoded surrogate': [Buffer.from(call('', '"name":"\xed\xa0\x80"'), 'latin1'), malformed],
  'a comment': [`/* */${call('')}`, malformed],
  'a comma at the end': [call(','), malformed],
  'two messages in a row': [call('') + call(''), malformed],
  'a line of two messages': [`${call('')}\n${call('')}`, malformed],
  NaN: ['{"jsonrpc":"2.0","id":NaN,"method":"ping"}', malformed],
  'single quotes': ["{'jsonrpc':'2.0','id':1,'method':'ping'}", malformed],
  'a NUL after it': [`${call('')}\u0000`, malformed],
  nothing: ['', malformed],
  'another version': ['{"jsonrpc":"1.0","id":1,"method":"ping"}', malformed],
  'no version': ['{"id":1,"method":"ping"}', malformed],
  'a method that is a list': ['{"jsonrpc":"2.0","id":1,"method":["ping"]}', malformed],
  'a name that is a list': [call('', '"name":["a"]'), malformed],
  'a name that is an object': [call('', '"name":{"toString":"a"}'), malformed],
  'params by position': ['{"jsonrpc":"2.0","id":1,"method":"tools/call","params":["a"]}', malformed],
  'an id that is an object': ['{"jsonrpc":"2.0","id":{},"method":"ping"}', malformed],
  'an id beyond what a double holds': ['{"jsonrpc":"2.0","id":9007199254740993,"method":"ping"}', malformed],
  'depth without end': [
    `{"jsonrpc":"2.0","id":1,"method":"ping","params":{"a":${'['.repeat(5000)}${']'.repeat(5000)}}}`,
    ambiguous,
  ],
}
for (const [what, [body, { code }]] of Object.entries(odd)) {
  test(`parser differences: a body with ${what} is refused`, async () => {
    await expectRefusal(gate, send(body), { status: 400, code })
  })
}

test('parser differences: a method that is a member of every object is only a name', async () => {
  for (const method of ['__proto__', 'constructor', 'toString', 'hasOwnProperty']) {
    await expectAllowed(gate, send(JSON.stringify({ jsonrpc: '2.0', id: 1, method, params: { name: 'x' } })))
  }
  await expectAllowed(gate, send('{"jsonrpc":"2.0","id":1,"method":"ping","params":{"__proto__":{"name":"x"}}}'))
  assert.equal(({} as { name?: string }).name, undefined)
})

test('parser differences: a body in several frames is judged as one', async () => {
  const body = '{"jsonrpc":"2.0","id":1,"method":"tools/list","method":"tools/call"}'
  const chunks = [...body].map((char) => `1\r\n${char}\r\n`).join('') + '0\r\n\r\n'
  const headers = [
    ['authorization', `Bearer ${ada}`],
    ['transfer-encoding', 'chunked'],
  ] as const
  const bytes = writeRequest(gate.mcpUrl, { headers, body: chunks, without: ['content-length'] })
  await expectRefusal(gate, async () => (await sendRaw(gate.mcpUrl, bytes))[0]!, ambiguous)
})
