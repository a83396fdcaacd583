import { isDenied, type Denial } from './denial.ts'
import { ENTRA_CLOUDS, entraIssuerOf, isEntraV1Issuer, type EntraClouds } from './entra/clouds.ts'
import type { EntraVerifier } from './entra/verifier.ts'
import { decodeCompactJwt } from './jwt/compact-jwt.ts'
import type { OidcVerifier } from './oidc/verifier.ts'
import type { TokenVerifier } from './token-verifier.ts'
import type { TokenKind, VerifiedToken } from './verified-token.ts'

export interface VerifierByIssuerOptions {
  readonly entra: EntraVerifier
  readonly oidc: OidcVerifier
  /** Those of the Entra verifier. */
  readonly clouds?: EntraClouds
}

/**
 * One endpoint for both: what has an issuer of a known Entra cloud is the Entra verifier's, anything else the OIDC
 * verifier's. The issuer is not proven yet and chooses nothing but the verifier, whose refusal is final.
 *
 * ```ts
 * const verifier = verifierByIssuer({ entra: createEntraVerifier({ connections }), oidc: createOidcVerifier({ connections: others }) })
 * const outcome = await verifier.verify(accessToken)
 * if (!isDenied(outcome)) console.log(outcome.kind === 'entra' ? outcome.tenantId : outcome.issuer)
 * ```
 */
export function verifierByIssuer(options: VerifierByIssuerOptions): TokenVerifier<VerifiedToken<TokenKind>> {
  const { entra, oidc } = options
  return {
    verify(accessToken) {
      const verifier = chooseVerifier(accessToken, options)
      return isDenied(verifier) ? verifier : verifier.verify(accessToken)
    },
    forget() {
      entra.forget()
      oidc.forget()
    },
  }
}

function chooseVerifier(
  accessToken: string,
  { entra, oidc, clouds = ENTRA_CLOUDS }: VerifierByIssuerOptions,
): TokenVerifier | Denial {
  const jwt = decodeCompactJwt(accessToken)
  if (isDenied(jwt)) return jwt
  const { iss } = jwt.payload
  return entraIssuerOf(iss, clouds) || isEntraV1Issuer(iss, clouds) ? entra : oidc
}
