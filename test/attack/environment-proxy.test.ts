import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { test } from 'node:test'
import { promisify } from 'node:util'

const modules = {
  verifier: new URL('../../packages/verifier/src/index.ts', import.meta.url).href,
  guarded: new URL('../../apps/sallyport/src/http/guarded-fetch.ts', import.meta.url).href,
}

/** In a process of its own, since Node reads these variables when it starts. */
const ASKS = `
const { createKubernetesVerifier } = await import('${modules.verifier}')
const { createGuardedFetch } = await import('${modules.guarded}')
const server = process.env.API
const cluster = { name: 'prod', server, credential: () => 'our-own-credential' }
const connection = { teamspaceId: 'acme', cluster, audience: 'mcp', verify: 'tokenreview' }
await Promise.resolve(createKubernetesVerifier(connection).verify('callers-token')).catch(() => {})
await createGuardedFetch({ allowLoopback: true })(server + '/keys').catch(() => {})
process.exit()
`

test('environment proxy: neither credentials for a cluster nor questions to issuers go through a proxy of the environment', async (t) => {
  const listen = async (requests: string[]) => {
    const server = createServer((request, response) => {
      requests.push(request.url!)
      response.writeHead(500).end()
    })
    server.on('connect', (request, socket) => (requests.push(request.url!), socket.destroy()))
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    t.after(() => (server.closeAllConnections(), server.close()))
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  }
  const [atProxy, atApi]: [string[], string[]] = [[], []]
  const [proxy, api] = [await listen(atProxy), await listen(atApi)]
  const variables = ['HTTP_PROXY', 'HTTPS_PROXY', 'http_proxy', 'https_proxy', 'ALL_PROXY'].map((name) => [name, proxy])
  const env = { ...process.env, ...Object.fromEntries(variables), NODE_USE_ENV_PROXY: '1', NO_PROXY: '', API: api }
  await promisify(execFile)(process.execPath, ['--input-type=module', '-e', ASKS], { env, timeout: 9_000 })
  assert.deepEqual(atProxy, [])
  assert.deepEqual(atApi, ['/apis/authentication.k8s.io/v1/tokenreviews', '/keys'])
})
