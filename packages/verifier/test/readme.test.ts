import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { test } from 'node:test'
import type { Server } from 'node:http'
import { parseChallenge } from './auth-params.ts'

test('the example of the README runs, and its first answer is a 401 that says where to sign in', async () => {
  const readme = await readFile(new URL('../README.md', import.meta.url), 'utf8')
  const example = /```ts\n(.*?)```/s.exec(readme)![1]!
  const code = example
    .replace('@sallyport/verifier', new URL('../src/index.ts', import.meta.url).href)
    .replace('createServer({', 'export const server = createServer({')
    .replace('8080', "0, '127.0.0.1'")
  const { server } = (await import(`data:text/javascript,${encodeURIComponent(code)}`)) as { server: Server }
  if (!server.listening) await new Promise((resolve) => server.once('listening', resolve))
  const address = server.address()
  assert.ok(typeof address === 'object' && address)

  const response = await fetch(`http://127.0.0.1:${address.port}/`)
  server.close()

  assert.equal(response.status, 401)
  const { params } = parseChallenge(response.headers.get('www-authenticate')!)
  assert.equal(params['resource_metadata'], 'https://mcp.example/.well-known/oauth-protected-resource/mcp')
})
