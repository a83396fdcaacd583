import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js'
import { startListedGate } from '../../support/listed-gate.ts'
import type { ListedGate } from '../../support/listed-gate.ts'
import { startResumableServer } from '../../support/resumable-server.ts'

const HIDDEN = { tools: ['hidden'], prompts: ['hidden'], resources: ['test://hidden', 'test://hidden/*'] }

let server: Awaited<ReturnType<typeof startResumableServer>>
let gate: ListedGate
let client: Client
before(async () => {
  server = await startResumableServer(['shown', 'hidden', 'shown-too'])
  gate = await startListedGate(server.url, HIDDEN)
  client = new Client({ name: 'resuming', version: '1.0.0' })
  const transport = new StreamableHTTPClientTransport(new URL(gate.url), { requestInit: { headers: gate.headers } })
  await client.connect(transport as Parameters<Client['connect']>[0])
})
after(async () => {
  await client.close()
  await gate.close()
  await server.close()
})

const LISTS: Record<string, () => Promise<readonly string[]>> = {
  tools: async () => (await client.listTools()).tools.map(({ name }) => name),
  prompts: async () => (await client.listPrompts()).prompts.map(({ name }) => name),
  resources: async () => (await client.listResources()).resources.map(({ name }) => name),
  'resource templates': async () => (await client.listResourceTemplates()).resourceTemplates.map(({ name }) => name),
}

for (const [what, list] of Object.entries(LISTS)) {
  test(`B-07c X-47 SDK v1 comes back for a list of ${what} with Last-Event-ID, and sees no more of it`, async () => {
    const resumed = server.resumedAfter.length
    assert.deepEqual(await list(), ['shown', 'shown-too'])
    assert.equal(server.resumedAfter.length, resumed + 1)
  })
}
