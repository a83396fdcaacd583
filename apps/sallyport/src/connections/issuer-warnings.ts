import { entraIssuerOf } from '@sallyport/verifier'
import type { EntraClouds } from '@sallyport/verifier'

interface Known {
  readonly clouds: EntraClouds
  readonly publicUrl?: string | undefined
}

/** What an admin should know of an issuer that is allowed, but may not do what it seems to. */
export function issuerWarnings(issuer: string, { clouds, publicUrl }: Known): string[] {
  const warnings: string[] = []
  if (entraIssuerOf(issuer, clouds) !== undefined) {
    warnings.push(
      'This issuer is Microsoft Entra: on servers that take EntraJwt as well, its tokens go to the entra connection',
    )
  }
  if (publicUrl !== undefined && `${issuer}/`.startsWith(`${publicUrl}/`)) {
    warnings.push('This issuer is this Sallyport itself, which signs no tokens for other gateways')
  }
  return warnings
}
