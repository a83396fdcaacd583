import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { ACME, startGate, TOOLS_LIST } from '../support/gate.ts'
import type { TestGate } from '../support/gate.ts'

let gate: TestGate
let ada: string
before(async () => {
  gate = await startGate({ settings: 'limits: { listBytes: 20000 }\n' })
  await gate.admin.setPolicy('acme', {
    default: 'allow members',
    rules: [{ name: 'r', effect: 'deny', tools: ['secret_*'] }],
  })
  ada = await gate.tokenFor(ACME.ada.email)
})
after(() => gate.close())

const TOOLS = [{ name: 'shown' }, { name: 'secret_tool', description: 'ü\u2028' }]
const LIST = { jsonrpc: '2.0', id: 1, result: { tools: TOOLS } }
const JSON_LIST = JSON.stringify(LIST)
const split = JSON_LIST.indexOf('"secret') - 1

interface Disguise {
  readonly status?: number
  readonly headers?: Record<string, string | string[]>
  readonly body: string | Buffer
  readonly chunk?: number
  readonly open?: boolean
}
const sse = (body: string | Buffer, more: Partial<Disguise> = {}): Disguise => ({
  headers: { 'content-type': 'text/event-stream' },
  body,
  ...more,
})
const json = (body: unknown, more: Partial<Disguise> = {}): Disguise => ({
  headers: { 'content-type': 'application/json' },
  body: typeof body === 'string' ? body : JSON.stringify(body),
  ...more,
})
const DISGUISES: Record<string, Disguise> = {
  'lines that end in CR': sse(`data: ${JSON_LIST}\r\r`),
  'lines that end in all ways': sse(`event: x\rid: 1\r\ndata:${JSON_LIST}\n\r\n`, { chunk: 1 }),
  'two lines of data': sse(`data: ${JSON_LIST.slice(0, split)}\ndata:  ${JSON_LIST.slice(split)}\n\n`),
  'a byte order mark': sse(`\ufeffdata: ${JSON_LIST}\n\n`, { chunk: 1 }),
  'a name of an event': sse(`data: ${JSON_LIST}\nevent: tools\nid: 7\nretry: 1\n\n`),
  'comments between': sse(`: x\ndata: ${JSON_LIST.slice(0, split)}\n: y\ndata: ${JSON_LIST.slice(split)}\n\n`, {
    chunk: 3,
  }),
  'an event that is cut off': sse(`data: ${JSON_LIST}`),
  'an event that is cut off behind a line': sse(`data: ${JSON_LIST}\n`),
  'an event that never ends': sse(`data: ${JSON_LIST}\n`, { open: true }),
  'a huge event': sse(`data: ${JSON_LIST}\n${'data: \n'.repeat(5000)}\n`),
  'a huge line': sse(`data: ${' '.repeat(30_000)}${JSON_LIST}\n\n`),
  'a batch': sse(`data: [${JSON_LIST},${JSON_LIST}]\n\n`),
  'capital letters in the type': { headers: { 'content-type': 'TEXT/EVENT-STREAM' }, body: `data: ${JSON_LIST}\n\n` },
  'a stream called JSON': json(`data: ${JSON_LIST}\n\n`),
  'JSON called a stream': sse(JSON_LIST),
  'JSON called text': { headers: { 'content-type': 'text/plain' }, body: JSON_LIST },
  'JSON of no type': { body: JSON_LIST },
  'JSON of two types': { headers: { 'content-type': ['text/html', 'application/json'] }, body: JSON_LIST },
  'JSON of another kind': { headers: { 'content-type': 'application/x+JSON; charset=utf-16' }, body: JSON_LIST },
  'UTF-16': json('', { body: Buffer.from(JSON_LIST, 'utf16le') }),
  multipart: { headers: { 'content-type': 'multipart/mixed; boundary=x' }, body: `--x\r\n\r\n${JSON_LIST}\r\n--x--` },
  gzip: json('', {
    headers: { 'content-type': 'application/json', 'content-encoding': 'gzip' },
    body: gzipSync(JSON_LIST),
  }),
  'a part': json(LIST, { status: 206 }),
  'an accepted one': json(LIST, { status: 202 }),
  'an error that holds it': json(LIST, { status: 404 }),
  'a fault that holds it': json(LIST, { status: 500 }),
  'a fault that streams it': sse(`data: ${JSON_LIST}\n\n`, { status: 500 }),
  'a redirect that holds it': json(LIST, {
    status: 307,
    headers: { 'content-type': 'application/json', location: '/x' },
  }),
  'escaped names': json(
    JSON_LIST.replace('"tools"', '"\\u0074ools"').replace('"name":"secret', '"n\\u0061me":"\\u0073ecret'),
  ),
  'escaped names in a stream': sse(
    `data: ${JSON_LIST.replace('"tools"', '"\\u0074ools"').replace('"result"', '"r\\u0065sult"')}\n\n`,
  ),
  'two results': json(JSON_LIST.replace('"result"', '"result":{},"result"')),
  'another case': json({ ...LIST, result: undefined, Result: LIST.result }),
  'another case within': json({ ...LIST, result: { Tools: TOOLS } }),
  'arrays in arrays': json([[LIST]]),
  'an object for a list': json({ ...LIST, result: { tools: { 0: TOOLS[1] } } }),
  'a list in a list': json({ ...LIST, result: { tools: [TOOLS] } }),
  'a name that is no text': json({ ...LIST, result: { tools: [{ name: ['secret_tool'] }] } }),
  'bytes in pieces': json(LIST, { chunk: 1 }),
}

/** What is no event of a stream, in what is read as one, no client of MCP takes for a message. */
const NO_MESSAGE: Record<string, readonly string[]> = {
  POST: ['JSON called a stream'],
  GET: ['JSON called a stream', 'JSON called text', 'JSON of no type', 'JSON of two types', 'multipart'],
}

for (const method of ['POST', 'GET']) {
  test(`however a server writes a list, nobody sees what is hidden in it: ${method}`, async () => {
    const leaked: string[] = []
    for (const [name, { status = 200, headers = {}, body, chunk, open }] of Object.entries(DISGUISES)) {
      gate.upstream.answerWith((_seen, response) => {
        response.writeHead(status, headers)
        const bytes = Buffer.from(body)
        for (let at = 0; at < bytes.length; at += chunk ?? bytes.length)
          response.write(bytes.subarray(at, at + (chunk ?? bytes.length)))
        if (!open) response.end()
      })
      const answer = await gate
        .call(ada, { method, body: TOOLS_LIST, signal: AbortSignal.timeout(open ? 300 : 3_000) })
        .catch(() => undefined)
      const text = (await readAll(answer)).replaceAll('\0', '')
      if (/secret_tool|u0073ecret/.test(text) || (answer?.headers.get('content-encoding') && status === 200))
        leaked.push(name)
    }
    assert.deepEqual(leaked, NO_MESSAGE[method])
  })
}

async function readAll(answer: Response | undefined): Promise<string> {
  let text = ''
  try {
    for await (const chunk of answer?.body ?? []) text += Buffer.from(chunk).toString()
  } catch {
    // cut: what came before counts
  }
  return text
}
