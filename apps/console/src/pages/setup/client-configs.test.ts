import assert from 'node:assert/strict'
import { test } from 'node:test'
import { clientConfigs } from './client-configs.ts'

const textOf = (client: string, url: string): string =>
  clientConfigs({ name: 'findings', url }).find((config) => config.client === client)!.text

test('a client is given the address of the teamspace and nothing secret', () => {
  const url = 'https://mcp.example.com/t/acme/findings/mcp'
  assert.deepEqual(JSON.parse(textOf('VS Code', url)), { servers: { findings: { type: 'http', url } } })
  assert.deepEqual(JSON.parse(textOf('Cursor', url)), { mcpServers: { findings: { url } } })
  assert.deepEqual(JSON.parse(textOf('Claude Desktop', url)).mcpServers.findings.args, ['-y', 'mcp-remote', url])
})

test('mcp-remote is told to speak plain http where it would refuse to, and only there', () => {
  assert.match(textOf('mcp-remote', 'http://mcp.internal:8080/t/acme/mcp'), / --allow-http$/)
  assert.doesNotMatch(textOf('mcp-remote', 'http://127.0.0.1:8080/t/acme/mcp'), /allow-http/)
  assert.doesNotMatch(textOf('mcp-remote', 'https://mcp.example.com/t/acme/mcp'), /allow-http/)
})
