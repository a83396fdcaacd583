import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { createLoopbackCertificate } from '../../../../packages/verifier/test/certificate.ts'
import { startKubernetesEmulator } from 'kubernetes-emulator'
import { createFetchFor } from './cluster-fetch.ts'

const operators = (async () => new Response('operators')) as typeof fetch
const guarded = (async () => new Response('guarded')) as typeof fetch
const FETCHES = { fetch: operators, issuerFetch: guarded }

const cluster = (name: string, server: string, ca?: string) => ({
  name,
  server,
  credential: () => 'reviewer',
  ...(ca !== undefined && { ca: () => ca }),
})

test('an issuer that only a teamspace names is asked at public addresses alone', async () => {
  const fetchFor = createFetchFor({ kubernetes: undefined }, FETCHES)
  const kind = async (server: string, issuer: string, name = 'prod') =>
    (await fetchFor(cluster(name, server), issuer)('https://x.example')).text()
  const server = 'https://10.0.0.1:6443'
  assert.equal(await kind(server, 'https://oidc.eks.example/id/1'), 'guarded')
  assert.equal(await kind(server, 'https://10.0.0.1'), 'guarded') // another port
  assert.equal(await kind(server, 'https://10.0.0.1:6443'), 'operators')
  assert.equal(await kind(server, 'https://kubernetes.default.svc.cluster.local'), 'guarded')
  assert.equal(await kind(server, 'https://kubernetes.default.svc.cluster.local', 'in-cluster'), 'operators')
  assert.equal(await kind(server, 'https://kubernetes.default.svcs.example', 'in-cluster'), 'guarded')
})

test('the issuer that the configuration declares may have an authority of its own, which is read anew', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'sallyport-ca-'))
  t.after(() => rm(folder, { recursive: true }))
  const certificateAuthority = join(folder, 'ca.pem')
  const tls = createLoopbackCertificate()
  await using idp = await startKubernetesEmulator({ tls })
  await writeFile(certificateAuthority, createLoopbackCertificate().cert)
  const kubernetes = {
    cluster: 'prod',
    audience: 'mcp',
    verify: 'auto',
    issuer: idp.issuer,
    certificateAuthority,
  } as const
  const ask = createFetchFor({ kubernetes }, FETCHES)(cluster('prod', 'https://10.0.0.1'), idp.issuer)
  await assert.rejects(ask(idp.keysUrl))
  await writeFile(certificateAuthority, tls.cert)
  assert.equal((await ask(idp.keysUrl)).status, 200)
})

test('an API server that is its own issuer is asked under its own authority', async () => {
  const tls = createLoopbackCertificate()
  await using api = await startKubernetesEmulator({ tls })
  const fetchFor = createFetchFor({ kubernetes: undefined }, FETCHES)
  assert.equal((await fetchFor(cluster('prod', api.url, tls.cert), api.issuer)(api.keysUrl)).status, 200)
})
