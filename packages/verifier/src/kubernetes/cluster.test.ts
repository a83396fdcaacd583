import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { createLoopbackCertificate } from '../../test/certificate.ts'
import { startKubernetesEmulator } from 'kubernetes-emulator'
import { AUDIENCE, codeOf, CRAWLER, verifierOf } from '../../test/kubernetes-verifier.ts'
import { checkCluster, fileCluster, inClusterCluster } from './cluster.ts'

const folder = await mkdtemp(join(tmpdir(), 'sallyport-cluster-'))
after(() => rm(folder, { recursive: true }))
const [tokenFile, caFile] = [join(folder, 'token'), join(folder, 'ca.crt')]

test('S5 14, S5-23 a token file and a CA file that changed on disk count for the next review', async () => {
  const tls = createLoopbackCertificate()
  await using cluster = await startKubernetesEmulator({ tls })
  const own = fileCluster({ name: 'test', server: cluster.url, tokenFile, caFile })
  const verifier = verifierOf(cluster, { cluster: own }, Date.now)
  const ask = () => codeOf(verifier, cluster.issueToken({ ...CRAWLER, audiences: [AUDIENCE] }))
  const isFault = { name: 'VerificationFault', code: 'review_unavailable' }

  await writeFile(tokenFile, `${cluster.reviewer()}\n`)
  await writeFile(caFile, createLoopbackCertificate().cert)
  await assert.rejects(ask, isFault)
  await writeFile(caFile, tls.cert)
  assert.equal(await ask(), 'verified')

  cluster.rotateReviewer('reviewer-credential-2')
  await assert.rejects(ask, isFault)
  await writeFile(tokenFile, 'reviewer-credential-2')
  assert.equal(await ask(), 'verified')
  assert.deepEqual(
    cluster.reviews.map(({ reviewer }) => reviewer),
    ['reviewer-credential-1', 'reviewer-credential-1', 'reviewer-credential-2'],
  )
})

test('S5 7 files that are not there are a fault when they are needed, not a refusal', async () => {
  await using cluster = await startKubernetesEmulator()
  const own = fileCluster({ name: 'test', server: cluster.url, tokenFile: join(folder, 'none') })
  const token = cluster.issueToken({ ...CRAWLER, audiences: [AUDIENCE] })
  await assert.rejects(async () => verifierOf(cluster, { cluster: own }, Date.now).verify(token), {
    code: 'review_unavailable',
  })
})

test('S5-23 in a pod the cluster is where its variables say, an IPv6 host in brackets', async () => {
  await writeFile(tokenFile, 'mounted\n')
  await writeFile(caFile, 'authority')
  for (const [host, server] of [
    ['10.96.0.1', 'https://10.96.0.1:443'],
    ['fd00::1', 'https://[fd00::1]:443'],
    ['kubernetes.default.svc', 'https://kubernetes.default.svc:443'],
  ] as const) {
    const env = { KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: '443' }
    const cluster = inClusterCluster(env, { tokenFile, caFile })
    checkCluster(cluster)
    assert.deepEqual([cluster.name, cluster.server], ['in-cluster', server])
    assert.deepEqual([await cluster.credential(), await cluster.ca!()], ['mounted', 'authority'])
  }
})

test('S5-23 outside a pod there is no cluster to be in', () => {
  for (const env of [{}, { KUBERNETES_SERVICE_HOST: '10.96.0.1' }, { KUBERNETES_SERVICE_PORT: '443' }]) {
    assert.throws(() => inClusterCluster(env), /Not in a Kubernetes cluster/)
  }
})
