import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { ACME, startGate } from '../support/gate.ts'
import type { TestGate } from '../support/gate.ts'

let gate: TestGate
let ada: string
before(async () => {
  gate = await startGate()
  ada = await gate.tokenFor(ACME.ada.email)
})
after(() => gate.close())

const send = async (method: string, params: object) => {
  const answer = await gate.call(ada, { body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }) })
  await answer.text()
  await gate.sallyport.flushAudit()
}
const rows = async () => JSON.stringify((await gate.admin.must('GET', '/audit?limit=200')).events)
const MCP_TOKEN = `mcpt_${'A'.repeat(43)}`
const JWT = 'eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJjYW5hcnkifQ.c2lnbmF0dXJl'

test('a credential in the name of a tool, a method, or the address of a resource is in no audit row and no log line', async () => {
  for (const secret of [MCP_TOKEN, JWT, ada]) {
    await send('tools/call', { name: secret })
    await send('tools/call', { name: `Bearer ${secret}` })
    await send(secret.slice(0, 200), {})
    await send('resources/read', { uri: `https://a.example/?key=${secret}` })
    await send('resources/read', { uri: `https://${secret}@a.example/` })
    await send('prompts/get', { name: `${'x'.repeat(500)}${secret}` })
    await send('tasks/get', { taskId: secret })
    await send('completion/complete', {
      ref: { type: 'ref/prompt', name: secret },
      argument: { name: 'a', value: 'b' },
    })
  }
  const [audit, log] = [await rows(), gate.logged.join('')]
  for (const secret of [MCP_TOKEN, JWT, ada]) {
    for (const part of [secret.slice(0, 24), secret.slice(-16)]) {
      assert.ok(!audit.includes(part), `in the audit trail: ${part}`)
      assert.ok(!log.includes(part), `in the log: ${part}`)
    }
  }
})

test('an exported row is one line to every reader, whatever callers write', async () => {
  const names = [
    'a\r\n{"id":"forged"}',
    'a\u2028{"id":"forged"}',
    'a\u2029b',
    'a\u0085b',
    'a\u009b31mb',
    'a\u001b[31mb',
    'a\u202egnp.exe',
    'a|b=c\\ d\n',
  ]
  for (const name of names) await send('tools/call', { name })
  for (const format of ['jsonl', 'cef']) {
    const answer = await fetch(`${gate.adminUrl}/api/v1/audit/export?all=true&format=${format}`, {
      headers: { authorization: `Bearer ${gate.sallyport.operatorToken}` },
    })
    const text = await answer.text()
    const lines = text.trimEnd().split('\n')
    assert.doesNotMatch(
      text.replaceAll('\n', ''),
      /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/,
      format,
    )
    for (const line of lines) assert.match(line, format === 'cef' ? /^CEF:0\|Sallyport\|/ : /^\{"seq":\d+,.*\}$/)
    if (format === 'jsonl') {
      const targets = lines.map((line) => (JSON.parse(line) as { target?: string }).target)
      for (const name of names) assert.ok(targets.includes(name), JSON.stringify(name))
    }
  }
})
