import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createOidcVerifier, isDenied } from '@sallyport/verifier'
import { NOW_SECONDS } from '../../packages/verifier/test/fake-entra.ts'
import { signWith, startFakeIssuer } from '../../packages/verifier/test/fake-issuer.ts'

test('odd subjects: a name that a database cannot be asked for is a refusal, not an outage', async () => {
  await using idp = await startFakeIssuer()
  const verifier = createOidcVerifier({ connections: [idp.connection()], now: () => NOW_SECONDS * 1000 })
  for (const sub of ['ada\u0000', '\u0000', 'ada\nowner', 'ada\u009b1m']) {
    const outcome = await verifier.verify(await signWith(idp.claims({ sub })))
    assert.equal(isDenied(outcome) && outcome.denied.code, 'claims_invalid', JSON.stringify(sub))
  }
})
