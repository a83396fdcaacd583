import { z } from 'zod'
import { audienceOfScope, requiredScopeOf, toAudience } from './audience.ts'
import { ENTRA_GROUP_SOURCES } from './connection.ts'
import { toGuid } from './guid.ts'
import { jitSettings } from './jit-settings.ts'
import { DEFAULT_REDIRECT_URIS, redirectUriProblem } from './redirect-uri.ts'
import { checked, unique } from './setting-types.ts'

/** Tenant of personal Microsoft accounts: anybody may have an account there, so it proves no membership (S1-50). */
const PERSONAL_ACCOUNTS = '9188040d-6c67-4c5b-b112-36a304b66dad'

const guid = z.string().transform((text, context) => {
  const id = toGuid(text)
  if (id !== undefined) return id
  context.addIssue({ code: 'custom', message: 'must be a GUID' })
  return z.NEVER
})

const tenantId = guid.refine((id) => id !== PERSONAL_ACCOUNTS, {
  error: 'is the tenant of personal Microsoft accounts, which no teamspace can own',
})

const audience = z.string().transform((text, context) => {
  const found = toAudience(text)
  if (found !== undefined) return found
  context.addIssue({ code: 'custom', message: 'must be a GUID (the client id of the API) or begin with api://' })
  return z.NEVER
})

/** A scope or role as `scp` and `roles` carry it (RFC 6749 §3.3): the long form with the App ID URI is never there. */
const scopeName = z
  .string()
  .max(120)
  .regex(/^(?!.*:\/\/)[\x21\x23-\x5b\x5d-\x7e]+$/, {
    error: 'must be one word, as in the token: mcp.access, not api://…/mcp.access',
  })

const downstreamScope = z
  .string()
  .max(400)
  .regex(/^[\x21\x23-\x5b\x5d-\x7e]+\/[^/\s]+$/, { error: 'must be one scope, such as api://…/.default' })

const pem = (label: string) =>
  z
    .string()
    .max(16_384)
    .regex(new RegExp(`^\\s*-----BEGIN [A-Z ]*${label}-----`), { error: `must be PEM (${label})` })

const credential = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('secret'),
    secret: z.string().regex(/^[\x20-\x7e]{1,1024}$/, { error: 'must be one line of printable ASCII' }),
  }),
  z.strictObject({
    kind: z.literal('certificate'),
    privateKeyPem: pem('PRIVATE KEY'),
    certificatePem: pem('CERTIFICATE'),
  }),
  z.strictObject({ kind: z.literal('federated'), tokenFile: z.string().regex(/^\/\P{Cc}{1,1000}$/u) }),
])

/** How a teamspace's Entra connection is filled in; checked and in the spelling that is stored. */
export const entraSettings = z
  .strictObject({
    kind: z.literal('entra'),
    cloud: z.string().min(1).max(63).default('global'),
    tenantId,
    audience,
    requiredScope: scopeName.nullable().default(null),
    acceptedRoles: z.array(scopeName).max(50).default([]).transform(unique),
    allowedClients: z.array(guid).max(200).default([]).transform(unique),
    groups: z.enum(ENTRA_GROUP_SOURCES).optional(),
    onBehalfOf: z
      .strictObject({ clientId: guid, scope: downstreamScope, credential: credential.optional() })
      .optional(),
    server: z.strictObject({ audience, requiredScope: scopeName.nullable().default(null) }).optional(),
    facade: z
      .strictObject({
        redirectUris: z
          .array(checked(redirectUriProblem))
          .max(50)
          .default([...DEFAULT_REDIRECT_URIS])
          .transform(unique),
        clientAuth: z.enum(['none', 'inject']).default('none'),
      })
      .prefault({}),
    jit: jitSettings.optional(),
  })
  .transform((settings) => ({ ...settings, server: settings.server ?? serverOf(settings.onBehalfOf) }))
  .superRefine((settings, context) => {
    const { onBehalfOf, server } = settings
    const problem = (path: string[], message: string) => context.addIssue({ code: 'custom', path, message })
    if (onBehalfOf && onBehalfOf.clientId !== settings.audience) {
      problem(['onBehalfOf', 'clientId'], 'must equal audience: Entra exchanges a token only for its own audience')
    }
    if (!onBehalfOf && server) problem(['server'], 'needs onBehalfOf: without it servers are given no token')
    if (server && server.audience === settings.audience) {
      problem(['server', 'audience'], 'must not be the audience that callers bring tokens for')
    }
    const scopeAudience = onBehalfOf && audienceOfScope(onBehalfOf.scope)
    if (server && scopeAudience !== undefined && server.audience !== scopeAudience) {
      problem(['server', 'audience'], 'is not the API of onBehalfOf.scope')
    }
    if (settings.groups === 'graph' && !onBehalfOf) {
      problem(['groups'], 'graph needs onBehalfOf, whose client asks Microsoft Graph')
    }
    if (settings.facade.clientAuth === 'inject' && !onBehalfOf) {
      problem(['facade', 'clientAuth'], 'inject needs onBehalfOf, whose credential it adds')
    }
  })

export type EntraSettings = z.output<typeof entraSettings>

/** The API that the exchanged token is for, where its scope tells. */
function serverOf(onBehalfOf: { scope: string } | undefined) {
  const audience = onBehalfOf && audienceOfScope(onBehalfOf.scope)
  return audience === undefined ? undefined : { audience, requiredScope: requiredScopeOf(onBehalfOf!.scope) }
}
