import assert from 'node:assert/strict'
import { gzipSync } from 'node:zlib'
import { after, before, test } from 'node:test'
import { JSON_TYPE, startJudgedGate } from '../support/judged-gate.ts'
import { sendRaw } from '../support/raw-http.ts'
import type { JudgedGate, Sent } from '../support/judged-gate.ts'

let judged: JudgedGate
before(async () => (judged = await startJudgedGate()))
after(() => judged.close())

const named = (name: string, more = '') =>
  `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"${name}"${more}}}`
const DROP = named('drop')
const GET = named('get')
const HIDDEN = 'tool_unknown'
const UNSUPPORTED = 'message_type_unsupported'
const MISMATCH = 'header_mismatch'

/** A body with headers beside the usual ones. */
const post = (body: string | Buffer, ...headers: string[]): Sent => ({
  body,
  headers: [JSON_TYPE, `Content-Length: ${Buffer.byteLength(body)}`, ...headers],
})
const typed = (body: string | Buffer, ...types: string[]): Sent => ({
  body,
  headers: [`Content-Length: ${Buffer.byteLength(body)}`, ...types.map((type) => `Content-Type: ${type}`)],
})
const chunked = (body: string, framed: string, ...headers: string[]): Sent => ({
  body,
  framed,
  headers: [JSON_TYPE, 'Transfer-Encoding: chunked', ...headers],
})
const chunk = (text: string, extension = '') => `${text.length.toString(16)}${extension}\r\n${text}\r\n`
const inChunks = (text: string) => [...text].map((char) => chunk(char)).join('') + '0\r\n\r\n'
const base64 = (text: string) => `=?base64?${Buffer.from(text).toString('base64')}?=`

type Case = readonly [title: string, sent: Sent, verdict: string]

const table: Readonly<Record<string, readonly Case[]>> = {
  'content types': [
    ['UTF-8, named', typed(DROP, 'application/json; charset=utf-8'), HIDDEN],
    ['UTF-8, quoted, in capitals', typed(GET, 'Application/JSON;charset="UTF-8"'), 'passed'],
    ['UTF-16', typed(Buffer.from(GET, 'utf16le'), 'application/json; charset=utf-16'), UNSUPPORTED],
    ['UTF-16, of what is UTF-8', typed(GET, 'application/json; charset=utf-16'), UNSUPPORTED],
    ['UTF-7', typed(GET, 'application/json; charset=utf-7'), UNSUPPORTED],
    ['ISO-2022-KR', typed(GET, 'application/json; charset=iso-2022-kr'), UNSUPPORTED],
    ['ASCII', typed(GET, 'application/json; charset=us-ascii'), UNSUPPORTED],
    ['Latin-1', typed(GET, 'application/json; charset=iso-8859-1'), UNSUPPORTED],
    ['two charsets', typed(GET, 'application/json; charset=utf-8; charset=utf-16'), UNSUPPORTED],
    ['another parameter', typed(GET, 'application/json; profile=x'), UNSUPPORTED],
    ['text/json', typed(GET, 'text/json'), UNSUPPORTED],
    ['application/json-rpc', typed(GET, 'application/json-rpc'), UNSUPPORTED],
    ['application/x-ndjson', typed(`${GET}\n${DROP}`, 'application/x-ndjson'), UNSUPPORTED],
    ['text/plain', typed(GET, 'text/plain'), UNSUPPORTED],
    ['a form', typed(`{"a":"=${GET}"}`, 'application/x-www-form-urlencoded'), UNSUPPORTED],
    ['multipart', typed(`--x\r\n\r\n${GET}\r\n--x--`, 'multipart/form-data; boundary=x'), UNSUPPORTED],
    ['two in one', typed(GET, 'application/json, text/plain'), UNSUPPORTED],
    ['none', typed(GET), UNSUPPORTED],
    ['two, of which the first is JSON', typed(GET, 'application/json', 'text/plain'), UNSUPPORTED],
    ['two, of which the second is JSON', typed(GET, 'text/plain', 'application/json'), UNSUPPORTED],
  ],
  'content codings': [
    ['gzip', post(gzipSync(DROP), 'Content-Encoding: gzip'), UNSUPPORTED],
    ['gzip, of what is plain', post(GET, 'Content-Encoding: gzip'), UNSUPPORTED],
    ['gzip, and nobody says so', post(gzipSync(GET)), 'message_malformed'],
    ['identity', post(GET, 'Content-Encoding: identity'), 'passed'],
    ['identity, of what is denied', post(DROP, 'Content-Encoding: identity'), HIDDEN],
    ['identity twice', post(GET, 'Content-Encoding: identity', 'Content-Encoding: identity'), UNSUPPORTED],
    ['identity and gzip', post(GET, 'Content-Encoding: identity', 'Content-Encoding: gzip'), UNSUPPORTED],
    ['an empty one', post(GET, 'Content-Encoding:'), UNSUPPORTED],
  ],
  framing: [
    ['chunks of one byte', chunked(GET, inChunks(GET)), 'passed'],
    ['chunks of one byte, of what is denied', chunked(DROP, inChunks(DROP)), HIDDEN],
    ['a chunk extension', chunked(DROP, `${chunk(DROP, ';name=get')}0\r\n\r\n`), HIDDEN],
    ['a chunk extension with quotes', chunked(GET, `${chunk(GET, ';a="drop"')}0\r\n\r\n`), 'passed'],
    ['trailers', chunked(GET, `${chunk(GET)}0\r\nMcp-Name: drop\r\n\r\n`, 'Trailer: Mcp-Name'), 'passed'],
    ['a length and chunks', chunked(GET, inChunks(GET), 'Content-Length: 5'), 'status 400'],
    [
      'two lengths',
      { body: GET, headers: [JSON_TYPE, 'Content-Length: 1', `Content-Length: ${GET.length}`] },
      'status 400',
    ],
    [
      'the same length twice',
      { body: GET, headers: [JSON_TYPE, ...Array(2).fill(`Content-Length: ${GET.length}`)] },
      'status 400',
    ],
    ['a length that cuts it', { body: GET, headers: [JSON_TYPE, 'Content-Length: 20'] }, 'status 400'],
    ['less than the length', { body: GET, headers: [JSON_TYPE, 'Content-Length: 999'], waitMs: 200 }, 'no answer'],
    ['no length', { body: GET, framed: GET, headers: [JSON_TYPE] }, 'status 400'],
    ['Expect: 100-continue', post(GET, 'Expect: 100-continue'), 'passed'],
    ['Expect: 100-continue, of what is denied', post(DROP, 'Expect: 100-continue'), HIDDEN],
    ['HTTP/1.0', { ...post(DROP), version: 'HTTP/1.0' }, HIDDEN],
  ],
  'mirrored headers': [
    ['that say the same', post(GET, 'Mcp-Method: tools/call', 'Mcp-Name: get'), 'passed'],
    ['that say the same of what is denied', post(DROP, 'Mcp-Method: tools/call', 'Mcp-Name: drop'), HIDDEN],
    ['another name', post(DROP, 'Mcp-Name: get'), MISMATCH],
    ['a denied name', post(GET, 'Mcp-Name: drop'), MISMATCH],
    ['a name in another case', post(GET, 'Mcp-Name: GET'), MISMATCH],
    ['an empty name', post(GET, 'Mcp-Name:'), MISMATCH],
    ['two names', post(GET, 'Mcp-Name: get', 'Mcp-Name: drop'), MISMATCH],
    ['another method', post(DROP, 'Mcp-Method: tools/list'), MISMATCH],
    ['a method in another case', post(GET, 'Mcp-Method: Tools/Call'), MISMATCH],
    ['two methods', post(GET, 'Mcp-Method: tools/call', 'Mcp-Method: tools/call'), MISMATCH],
    ['a name in base64', post(GET, `Mcp-Name: ${base64('get')}`), 'passed'],
    ['another name in base64', post(GET, `Mcp-Name: ${base64('drop')}`), MISMATCH],
    ['base64 of base64', post(GET, `Mcp-Name: ${base64(base64('get'))}`), MISMATCH],
    ['broken base64', post(GET, 'Mcp-Name: =?base64?Z*V0?='), MISMATCH],
    ['base64 without an end', post(GET, 'Mcp-Name: =?base64?Z2V0'), MISMATCH],
    ['quoted-printable', post(GET, 'Mcp-Name: =?q?get?='), MISMATCH],
    ['base64 of bytes that are no text', post(named('\ufffd'), 'Mcp-Name: =?base64?/w==?='), MISMATCH],
    ['base64 with bits left over', post(named('a'), 'Mcp-Name: =?base64?YR==?='), MISMATCH],
    ['raw UTF-8', post(named('caf\u00e9'), `Mcp-Name: ${Buffer.from('café').toString('latin1')}`), MISMATCH],
    ['on a batch', post(`[${GET},${GET}]`, 'Mcp-Name: get'), MISMATCH],
    [
      'another revision than the body',
      post(
        named('get', ',"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28"}'),
        'MCP-Protocol-Version: 2025-06-18',
      ),
      MISMATCH,
    ],
    ['a revision that has no batches', post(`[${GET}]`, 'MCP-Protocol-Version: 2025-06-18'), 'batch_not_allowed'],
  ],
  'requests that are another': [
    ['X-HTTP-Method-Override', post(GET, 'X-HTTP-Method-Override: DELETE'), 'passed'],
    ['X-HTTP-Method-Override on what is denied', post(DROP, 'X-HTTP-Method: GET'), HIDDEN],
    ['PUT', { ...post(GET), method: 'PUT' }, 'method_not_allowed'],
    ['PATCH', { ...post(GET), method: 'PATCH' }, 'method_not_allowed'],
    ['post, in small letters', { ...post(GET), method: 'post' }, 'status 400'],
    ['QUERY', { ...post(GET), method: 'QUERY' }, 'method_not_allowed'],
    ['a query', { ...post(DROP), target: '/context7/mcp?name=get' }, HIDDEN],
    ['a query that names what is denied', { ...post(GET), target: '/context7/mcp?name=drop' }, 'passed'],
    ['a fragment', { ...post(GET), target: '/context7/mcp#x' }, 'path_unknown'],
    ['an absolute target', { ...post(GET), target: 'http://h.example/context7/mcp' }, 'path_unknown'],
    ['a path with an escape', { ...post(GET), target: '/context7/%6dcp' }, 'path_unknown'],
    ['a path with dot segments', { ...post(GET), target: '/x/../context7/mcp' }, 'path_unknown'],
  ],
}

for (const [group, cases] of Object.entries(table)) {
  for (const [title, sent, verdict] of cases) {
    test(`X-41 policy evasion, ${group}: ${title}`, async () => {
      assert.equal(await judged.verdictOn('denying', sent), verdict)
      // Nothing of it is anything that the server could go by instead.
      if (verdict === 'passed') assert.deepEqual(goneOn(), { url: '/mcp/oauth', type: 'application/json', others: [] })
    })
  }
}

const OTHERS = ['x-http-method-override', 'content-encoding', 'transfer-encoding', 'trailer', 'expect']

function goneOn() {
  const { url, headers } = judged.gate.upstream.seen.at(-1)!
  return { url, type: headers['content-type'], others: OTHERS.filter((name) => headers[name] !== undefined) }
}

test('what follows a message is no part of it, and no message', async () => {
  const { port } = new URL(judged.gate.mcpUrl)
  for (const { headers = [], framed = '' } of [
    { ...post(GET), framed: GET + DROP },
    chunked(GET, `${chunk(GET)}0\r\n\r\n${chunk(DROP)}`),
  ]) {
    const { seen } = judged.gate.upstream
    const before = seen.length
    const token = `Authorization: Bearer ${judged.tokens.denying}`
    const head = ['POST /context7/mcp HTTP/1.1', `Host: 127.0.0.1:${port}`, token, ...headers].join('\r\n')
    await sendRaw(judged.gate.mcpUrl, `${head}\r\n\r\n${framed}`)
    // Whether the first one was let through before the rest was seen to be none is the parser's to say.
    assert.ok(seen.slice(before).every(({ body }) => body === GET))
    assert.ok(seen.length <= before + 1)
  }
})

test('X-43 a GET takes along nothing of a message: no body, and no header that mirrors one', async () => {
  const headers = [`Content-Length: ${DROP.length}`, 'Mcp-Method: tools/call', 'Mcp-Name: drop', 'Mcp-Param-To: live']
  const before = judged.gate.upstream.seen.length
  const sent = { method: 'GET', headers, body: '', framed: DROP }
  assert.equal(await judged.verdictOn('denying', sent), 'passed')
  const { headers: seen } = judged.gate.upstream.seen[before]!
  assert.deepEqual(
    Object.keys(seen).filter((name) => name.startsWith('mcp-')),
    [],
  )
})
