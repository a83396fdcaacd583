/// <reference types="node" />
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { clientSnippets } from './client-snippets.ts'

const TOKEN = `mcpt_${'x'.repeat(43)}`
const SNIPPETS = clientSnippets({ name: 'scanner', url: 'https://gate.example/t/acme/scanner/mcp', token: TOKEN })
const textOf = (client: string) => SNIPPETS.find((snippet) => snippet.client === client)!.text

test('B-08 every client gets the address of the teamspace', () => {
  for (const { client, text } of SNIPPETS) assert.match(text, /https:\/\/gate\.example\/t\/acme\/scanner\/mcp/, client)
})

test('B-08 the file for VS Code, which people commit, has no token in it', () => {
  const config = JSON.parse(textOf('VS Code'))
  assert.doesNotMatch(textOf('VS Code'), /mcpt_/)
  const [input] = config.inputs
  assert.equal(config.servers.scanner.headers.Authorization, `Bearer \${input:${input.id}}`)
  assert.equal(input.password, true)
})

test('B-08 no argument of Claude Desktop has a space in it, where Windows would cut it', () => {
  const { args, env } = JSON.parse(textOf('Claude Desktop')).mcpServers.scanner
  assert.deepEqual(
    args.filter((arg: string) => arg.includes(' ')),
    [],
  )
  assert.equal(env.AUTH_HEADER, `Bearer ${TOKEN}`)
})

test('B-08 Cursor gets a URL and a header', () => {
  const { url, headers } = JSON.parse(textOf('Cursor')).mcpServers.scanner
  assert.equal(url, 'https://gate.example/t/acme/scanner/mcp')
  assert.equal(headers.Authorization, `Bearer ${TOKEN}`)
})
