import assert from 'node:assert/strict'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import type { Server } from 'node:http'
import type { TokenVerifier } from '../src/index.ts'
import { parseChallenge } from './auth-params.ts'
import { createLoopbackCertificate } from './certificate.ts'
import { startKubernetesEmulator } from 'kubernetes-emulator'

const readme = await readFile(new URL('../README.md', import.meta.url), 'utf8')
const examples = [...readme.matchAll(/```ts\n(.*?)```/gs)].map((match) => match[1]!)

/** Runs an example as it stands, but for where the package is, what is exported and which port is taken. */
async function run(example: string, ...changes: [from: string, to: string][]): Promise<unknown> {
  const source: [string, string] = ['@sallyport/verifier', new URL('../src/index.ts', import.meta.url).href]
  const code = [source, ...changes].reduce((text, [from, to]) => {
    assert.ok(text.includes(from), from)
    return text.replaceAll(from, to)
  }, example)
  return import(`data:text/javascript,${encodeURIComponent(code)}`)
}

test('the example of the README runs, and its first answer is a 401 that says where to sign in', async () => {
  const exported = await run(
    examples[0]!,
    ['createServer({', 'export const server = createServer({'],
    ['8080', "0, '127.0.0.1'"],
  )
  const { server } = exported as { server: Server }
  if (!server.listening) await new Promise((resolve) => server.once('listening', resolve))
  const address = server.address()
  assert.ok(typeof address === 'object' && address)

  const response = await fetch(`http://127.0.0.1:${address.port}/`)
  server.close()

  assert.equal(response.status, 401)
  const { params } = parseChallenge(response.headers.get('www-authenticate')!)
  assert.equal(params['resource_metadata'], 'https://mcp.example/.well-known/oauth-protected-resource/mcp')
})

test('the example for other issuers runs, and refuses what is no token', async () => {
  const { verifier } = (await run(examples[1]!, ['const verifier', 'export const verifier'])) as {
    verifier: TokenVerifier
  }
  assert.deepEqual(await verifier.verify('x'), { denied: { code: 'token_malformed', detail: 'not a JWT' } })
})

test('the example for Kubernetes runs, and asks the API server of the pod that it runs in', async () => {
  const tls = createLoopbackCertificate()
  await using api = await startKubernetesEmulator({ tls })
  const folder = await mkdtemp(join(tmpdir(), 'sallyport-readme-'))
  const files = { tokenFile: join(folder, 'token'), caFile: join(folder, 'ca.crt') }
  await writeFile(files.tokenFile, api.reviewer())
  await writeFile(files.caFile, tls.cert)
  const env = { KUBERNETES_SERVICE_HOST: '127.0.0.1', KUBERNETES_SERVICE_PORT: new URL(api.url).port }
  const { verifier } = (await run(
    examples[2]!,
    ['process.env', `${JSON.stringify(env)}, ${JSON.stringify(files)}`],
    ['const verifier', 'export const verifier'],
  )) as { verifier: TokenVerifier }

  const token = api.issueToken({ namespace: 'agents', name: 'crawler', audiences: ['sallyport'] })
  const outcome = await verifier.verify(token)
  await rm(folder, { recursive: true })

  assert.ok('kind' in outcome && outcome.kind === 'kubernetes', JSON.stringify(outcome))
  assert.deepEqual(outcome.serviceAccount, { namespace: 'agents', name: 'crawler' })
  assert.equal(examples.length, 3, 'every example is run')
})
