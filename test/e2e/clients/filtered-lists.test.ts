import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { Client as ModernClient, StreamableHTTPClientTransport as ModernTransport } from '@modelcontextprotocol/client'
import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js'
import { startUpstream } from '../../conformance/upstream.ts'
import { startListedGate } from '../../support/listed-gate.ts'
import type { Hidden, ListedGate } from '../../support/listed-gate.ts'
import { startPagedServer } from '../../support/paged-server.ts'

type Lister = Pick<Client, 'listTools' | 'listPrompts' | 'listResources' | 'listResourceTemplates' | 'close'>

async function connectV1({ url, headers }: ListedGate): Promise<Lister> {
  const client = new Client({ name: 'lists', version: '1.0.0' })
  const transport = new StreamableHTTPClientTransport(new URL(url), { requestInit: { headers } })
  await client.connect(transport as Parameters<Client['connect']>[0])
  return client
}

const connectV2 =
  (mode: 'legacy' | { pin: string }) =>
  async ({ url, headers }: ListedGate): Promise<Lister> => {
    const client = new ModernClient({ name: 'lists', version: '1.0.0' }, { versionNegotiation: { mode } })
    await client.connect(new ModernTransport(new URL(url), { requestInit: { headers } }))
    return client as unknown as Lister
  }

async function open(
  t: TestContext,
  upstream: { readonly url: string; close(): Promise<void> },
  hidden: Hidden,
  connect: (gate: ListedGate) => Promise<Lister>,
): Promise<Lister> {
  const gate = await startListedGate(upstream.url, hidden)
  const connected = connect(gate)
  t.after(async () => {
    const client = await connected.catch(() => undefined)
    await client?.close() // first, or the gate would wait for it
    await gate.close()
    await upstream.close()
  })
  return connected
}

const HIDDEN: Hidden = {
  tools: ['test_simple_text', 'test_sampling'],
  prompts: ['test_simple_prompt'],
  resources: ['test://static-text', 'test://template/{id}/data'],
}

const CLIENTS = {
  'SDK v1': connectV1,
  'SDK v2 (2025-11-25)': connectV2('legacy'),
  'SDK v2 (2026-07-28)': connectV2({ pin: '2026-07-28' }),
}

for (const [name, connect] of Object.entries(CLIENTS)) {
  test(`B-07c ${name} lists of tools, prompts, resources and templates what its caller may use`, async (t) => {
    const client = await open(t, await startUpstream(), HIDDEN, connect)
    const tools = (await client.listTools()).tools.map((tool) => tool.name)
    for (const hidden of HIDDEN.tools!) assert.ok(!tools.includes(hidden), hidden)
    for (const shown of ['test_image_content', 'test_error_handling']) assert.ok(tools.includes(shown), shown)
    const prompts = (await client.listPrompts()).prompts.map((prompt) => prompt.name)
    assert.ok(!prompts.includes('test_simple_prompt') && prompts.includes('test_prompt_with_arguments'))
    const resources = (await client.listResources()).resources.map(({ uri }) => uri)
    assert.ok(!resources.includes('test://static-text') && resources.includes('test://static-binary'))
    const templates = (await client.listResourceTemplates()).resourceTemplates.map(({ uriTemplate }) => uriTemplate)
    assert.deepEqual(templates, [])
  })
}

const PAGES = [
  ['a', 'b'],
  ['hidden', 'hidden too'],
  ['c', 'hidden'],
]
const HIDDEN_OF_PAGES: Hidden = { tools: ['hidden', 'hidden too'] }

for (const enableJsonResponse of [true, false]) {
  const how = enableJsonResponse ? 'one answer each' : 'event streams'
  test(`B-07c of three pages the second is empty and leads on to the third (${how})`, async (t) => {
    const client = await open(t, await startPagedServer(PAGES, { enableJsonResponse }), HIDDEN_OF_PAGES, connectV1)
    const pages: string[][] = []
    for (let cursor: string | undefined; ;) {
      const page = await client.listTools(cursor === undefined ? undefined : { cursor })
      pages.push(page.tools.map(({ name }) => name))
      cursor = page.nextCursor
      if (cursor === undefined) break
    }
    assert.deepEqual(pages, [['a', 'b'], [], ['c']])
  })

  test(`B-07c SDK v2 gathers three pages over an empty one (${how})`, async (t) => {
    const client = await open(
      t,
      await startPagedServer(PAGES, { enableJsonResponse }),
      HIDDEN_OF_PAGES,
      connectV2('legacy'),
    )
    const { tools } = await client.listTools()
    assert.deepEqual(
      tools.map(({ name }) => name),
      ['a', 'b', 'c'],
    )
  })
}
