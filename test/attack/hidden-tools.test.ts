import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { ACME, startGate } from '../support/gate.ts'
import type { TestGate } from '../support/gate.ts'

const READ = { readOnlyHint: true }
const TOOLS = [
  { name: 'shown_read', annotations: READ },
  { name: 'shown_write', annotations: { destructiveHint: false } },
  { name: 'secret_read', annotations: READ },
  { name: 'secret_write', annotations: { destructiveHint: false } },
  { name: 'secret_wipe' },
]
let gate: TestGate
before(async () => {
  gate = await startGate({
    servers: (upstream) => `servers:
  context7: { path: /context7/mcp, upstream: ${upstream}, auth: [EntraJwt, Token], outbound: { kind: none }, toolClasses: { 'safe_*': read } }
`,
    settings: 'limits: { rate: { principal: { calls: 1000, seconds: 60 }, tool: { calls: 1000, seconds: 60 } } }\n',
  })
  const rules = [{ name: 'secrets', effect: 'deny' as const, tools: ['secret_*', 'safe_secret'] }]
  await gate.admin.setPolicy(ACME.slug, { default: 'allow members', rules })
})
after(() => gate.close())

const call = (name: string) => JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name } })

/** All that a caller sees of a refusal, the name and the request id aside. */
async function seenOf(token: string, name: string): Promise<unknown> {
  const answer = await gate.call(token, { body: call(name) })
  const headers = Object.fromEntries(
    [...answer.headers].filter(([header]) => !['date', 'x-request-id', 'content-length'].includes(header)),
  )
  const text = (await answer.text()).replaceAll(answer.headers.get('x-request-id')!, 'ID').replaceAll(name, 'NAME')
  return { status: answer.status, headers: JSON.parse(JSON.stringify(headers).replaceAll(name, 'NAME')), text }
}

test('a hidden tool cannot be told from one that is not there, whatever the caller holds', async () => {
  gate.upstream.answerWith((_seen, response) => {
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify({ jsonrpc: '2.0', id: 1, result: { tools: TOOLS } }))
  })
  const ada = await gate.tokenFor(ACME.ada.email)
  await (await gate.call(ada)).text()
  gate.upstream.answerWith()
  const tokenWith = async (...scopes: string[]) =>
    (await gate.admin.must('POST', '/teamspaces/acme/mcp-tokens', { name: scopes.join(' '), tool_scopes: scopes }))
      .token as string
  const credentials = {
    person: ada,
    all: await tokenWith('tools:*'),
    read: await tokenWith('read'),
    write: await tokenWith('write'),
    destructive: await tokenWith('destructive'),
    one: await tokenWith('tool:shown_read'),
    elsewhere: await tokenWith('server:other'),
  }
  for (const [who, token] of Object.entries(credentials)) {
    const pairs = {
      secret_read: 'missing_read',
      secret_write: 'missing_write',
      secret_wipe: 'missing',
      safe_secret: 'safe_nothing',
    }
    for (const [hidden, missing] of Object.entries(pairs))
      assert.deepEqual(await seenOf(token, hidden), await seenOf(token, missing), `${hidden} as ${who}`)
  }
})
