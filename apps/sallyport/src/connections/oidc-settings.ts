import { isOidcProvider, OIDC_PROVIDERS } from '@sallyport/verifier'
import type { OidcProvider } from '@sallyport/verifier'
import { z } from 'zod'
import { addressProblem } from './issuer.ts'
import { jitSettings } from './jit-settings.ts'
import { checked, issuerUrl, scopeName, unique, word } from './setting-types.ts'

const provider = z
  .custom<OidcProvider>(isOidcProvider, { error: `must be one of ${Object.keys(OIDC_PROVIDERS).join(', ')}` })
  .meta({ type: 'string', enum: Object.keys(OIDC_PROVIDERS) }) // for its JSON Schema, which tells nothing else of it

const shared = {
  issuer: issuerUrl,
  keysUrl: checked(addressProblem).optional(),
  provider: provider.optional(),
  requiredScope: scopeName.nullable().default(null),
}

/** What can be tested before it is saved. */
export const oidcTestTarget = z
  .strictObject(shared)
  .superRefine(checkKeysUrl)
  .transform(({ keysUrl, provider, ...rest }) => ({
    ...rest,
    ...(keysUrl !== undefined && { keysUrl }),
    ...(provider !== undefined && { provider }),
  }))

/** How a teamspace's connection to an OpenID Connect issuer is filled in; checked and in the spelling that is stored. */
export const createOidcSettings = (defaultAudience?: string) =>
  z
    .strictObject({
      kind: z.literal('oidc'),
      ...shared,
      audience: z.preprocess((given) => given ?? defaultAudience, word(512)),
      allowedClients: z.array(word(255)).max(200).default([]).transform(unique),
      subjectClaim: word(200).optional(),
      groupsClaim: word(200).optional(),
      jit: jitSettings.optional(),
    })
    .superRefine(checkKeysUrl)
    // Optional members are left out, not undefined.
    .transform(({ provider, subjectClaim, groupsClaim, keysUrl, jit, ...rest }) => ({
      ...rest,
      ...(provider !== undefined && { provider }),
      ...(subjectClaim !== undefined && subjectClaim !== 'sub' && { subjectClaim }),
      ...(groupsClaim !== undefined && groupsClaim !== 'groups' && { groupsClaim }),
      ...(keysUrl !== undefined && { keysUrl }),
      ...(jit !== undefined && { jit }),
    }))

export const oidcSettings = createOidcSettings()

/** An issuer on the internet does not send us to a service on our own machine. */
function checkKeysUrl(
  { issuer, keysUrl }: { readonly issuer: string; readonly keysUrl?: string | undefined },
  context: z.RefinementCtx,
): void {
  if (keysUrl?.startsWith('http:') && !issuer.startsWith('http:')) {
    context.addIssue({ code: 'custom', path: ['keysUrl'], message: 'must be https, as the issuer is' })
  }
}
