import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Policy } from '../../../apps/sallyport/src/policies/policy.ts'
import { NO_CREDENTIAL } from '../../support/entra-tokens.ts'
import { ACME, startGate } from '../../support/gate.ts'
import type { TestGate } from '../../support/gate.ts'

const REVISION = '2026-07-28'
const LISTS = {
  'tools/list': { tools: [{ name: 'shown' }, { name: 'hidden' }] },
  'prompts/list': { prompts: [{ name: 'shown' }, { name: 'hidden' }] },
  'resources/list': { resources: [{ uri: 'test://shown' }, { uri: 'test://hidden' }] },
  'resources/templates/list': {
    resourceTemplates: [{ uriTemplate: 'test://shown' }, { uriTemplate: 'test://hidden' }],
  },
}
const POLICY: Policy = {
  default: 'allow members',
  rules: [{ name: 'hidden', effect: 'deny', tools: ['hidden'], prompts: ['hidden'], resources: ['test://hidden'] }],
}

let gate: TestGate
let ada: string
before(async () => {
  gate = await startGate({ servers: NO_CREDENTIAL })
  ada = await gate.tokenFor(ACME.ada.email)
})
after(() => gate.close())

const TYPES = { 'one answer': 'application/json', 'an event stream': 'text/event-stream' }

/** What the caller sees of a list that its server lets everybody share. */
async function list(method: string, contentType: string): Promise<Record<string, any>> {
  const stated = LISTS[method as keyof typeof LISTS]
  const text = JSON.stringify({ jsonrpc: '2.0', id: 1, result: { ...stated, ttlMs: 1000, cacheScope: 'public' } })
  gate.upstream.answerWith((_seen, response) => {
    response.writeHead(200, { 'content-type': contentType, 'cache-control': 'public, max-age=60', etag: '"all"' })
    response.end(contentType === TYPES['one answer'] ? text : `data: ${text}\n\n`)
  })
  const params = { _meta: { 'io.modelcontextprotocol/protocolVersion': REVISION } }
  const answer = await gate.call(ada, {
    headers: { 'mcp-protocol-version': REVISION, 'mcp-method': method },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }),
  })
  gate.upstream.answerWith()
  const { result } = JSON.parse((await answer.text()).replace(/^data: /, ''))
  return { ...result, cacheControl: answer.headers.get('cache-control'), etag: answer.headers.get('etag') }
}

for (const [how, contentType] of Object.entries(TYPES)) {
  test(`B-07c 2026-07-28: what is left of a list for one caller is nobody else's to cache (${how})`, async () => {
    await gate.admin.setPolicy(ACME.slug, POLICY)
    for (const [method, stated] of Object.entries(LISTS)) {
      const { ttlMs, cacheScope, cacheControl, etag, ...shown } = await list(method, contentType)
      const [name, entries] = Object.entries(stated)[0] as [string, object[]]
      assert.deepEqual(shown, { [name]: entries.slice(0, 1) })
      assert.deepEqual([ttlMs, cacheScope, cacheControl, etag], [1000, 'private', 'private', null])
    }
  })

  test(`2026-07-28: a list that nothing is kept out of stays as its server lets it be cached (${how})`, async () => {
    await gate.admin.setPolicy(ACME.slug)
    for (const method of Object.keys(LISTS)) {
      const { cacheScope, cacheControl, etag } = await list(method, contentType)
      assert.deepEqual([cacheScope, cacheControl, etag], ['public', 'public, max-age=60', '"all"'])
    }
  })
}
