import { createKubernetesVerifier, isDenied } from '@sallyport/verifier'
import type { KubernetesConnection, KubernetesVerifierOptions } from '@sallyport/verifier'

export type Asked = 'oidc' | 'tokenreview'

/** Whom a connection asks. */
export function askedBy({ verify, issuer }: Pick<KubernetesConnection, 'verify' | 'issuer'>): readonly Asked[] {
  if (verify === 'both') return ['oidc', 'tokenreview']
  if (verify !== 'auto') return [verify]
  return [issuer === undefined ? 'tokenreview' : 'oidc']
}

/**
 * Has everyone whom a connection asks judge a token that nobody issued: to be refused shows that they can be asked, that
 * we may ask them, and that the issuer is the one that is configured. Rejects, with a `VerificationFault`, when they cannot.
 */
export async function probe(connection: KubernetesConnection, options: KubernetesVerifierOptions): Promise<void> {
  const { now = Date.now } = options
  for (const verify of askedBy(connection)) {
    const verifier = createKubernetesVerifier({ ...connection, verify }, options)
    const outcome = await verifier.verify(nobodysToken(connection, Math.floor(now() / 1000)))
    if (!isDenied(outcome)) throw new Error('a token that nobody issued was accepted')
  }
}

/** Right in all that can be judged without asking, or nobody would be asked. */
function nobodysToken({ issuer, audience }: KubernetesConnection, nowSeconds: number): string {
  const header = { alg: 'RS256', kid: 'sallyport-connection-test' }
  const sub = 'system:serviceaccount:sallyport:connection-test'
  const claims = {
    iss: issuer ?? 'https://sallyport.invalid',
    aud: [audience],
    sub,
    iat: nowSeconds,
    exp: nowSeconds + 60,
  }
  const [head, payload] = [header, claims].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
  return `${head}.${payload}.${Buffer.alloc(256).toString('base64url')}`
}
