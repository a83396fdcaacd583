import assert from 'node:assert/strict'
import { test } from 'node:test'
import { signWith, startFakeIssuer } from '../../packages/verifier/test/fake-issuer.ts'
import { startKubernetesGate } from '../acceptance/s5/support.ts'

/** The attacker's teamspace sets an OIDC connection to whatever issuer it likes, and lets everybody in. */
async function startWithMallory(
  auth: string,
  connectionOf: (gate: { audience: string; api: { url: string } }) => object,
) {
  const gate = await startKubernetesGate({ settings: `auth: ${auth}\n` })
  await gate.admin.must('POST', '/teamspaces', { slug: 'mallory', name: 'Mallory' })
  const body = { kind: 'oidc', jit: { claim: null }, ...connectionOf(gate) }
  await gate.admin.must('PUT', '/teamspaces/mallory/connections/oidc', body)
  return gate
}

for (const auth of ['Kubernetes', '[Oidc, Kubernetes]']) {
  for (const claimed of ['the same', 'another']) {
    test(`cluster takeover: whoever names a cluster’s issuer, for ${claimed} audience, takes none of its tokens (auth ${auth})`, async () => {
      await using gate = await startWithMallory(auth, ({ audience, api }) => ({
        issuer: api.url,
        audience: claimed === 'another' ? 'another' : audience,
      }))
      const token = gate.tokenFor()
      for (const path of ['/mcp', '/t/mallory/mcp', '/t/default/mcp', '/mcp']) {
        const { status } = await gate.call(token, { url: `${gate.publicUrl}${path}` })
        if (!path.includes('mallory')) assert.equal(status, 200, path)
      }
      await gate.sallyport.flushAudit()
      const { events } = await gate.admin.must('GET', '/audit?teamspace=default')
      const issuers = events.filter(({ decision }: any) => decision === 'allowed').map(({ issuer }: any) => issuer)
      assert.deepEqual(issuers, Array(3).fill('kubernetes:prod'))
    })
  }
}

test('cluster takeover: no cluster takes the tokens of others’ people either, where all have one audience', async () => {
  await using idp = await startFakeIssuer()
  await using gate = await startWithMallory('[Oidc, Kubernetes]', ({ audience }) => ({ issuer: idp.issuer, audience }))
  const now = Math.floor(Date.now() / 1000)
  const token = await signWith(idp.claims({ aud: gate.audience, iat: now, exp: now + 300 }))
  for (const path of ['/mcp', '/t/mallory/mcp']) {
    const before = gate.api.reviews.length
    assert.equal((await gate.call(token, { url: `${gate.publicUrl}${path}` })).status, 200, path)
    assert.equal(gate.api.reviews.length, before, 'the cluster was shown the token')
  }
})
