import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createFetchFor } from '../../apps/sallyport/src/kubernetes/cluster-fetch.ts'

test('lookalike issuer: a domain that begins like the cluster’s own name is asked at public addresses only', async () => {
  const answering = (who: string) => (async () => new Response(who)) as typeof fetch
  const fetches = { fetch: answering('anywhere'), issuerFetch: answering('public addresses') }
  const cluster = { name: 'in-cluster', server: 'https://10.0.0.1:6443', credential: () => 'ours' }
  const ask = createFetchFor({ kubernetes: undefined }, fetches)(cluster, 'https://kubernetes.default.svc.evil.example')
  assert.equal(await (await ask('https://169.254.169.254/')).text(), 'public addresses')
})
