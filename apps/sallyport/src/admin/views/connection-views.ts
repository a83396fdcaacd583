import { z } from 'zod'
import { OIDC_PROVIDERS } from '@sallyport/verifier'
import type { OidcProvider } from '@sallyport/verifier'
import { VERIFY_MODES } from '../../config/kubernetes-section.ts'
import type { ViewOf } from '../../connections/connection-view.ts'
import { ENTRA_GROUP_SOURCES } from '../../connections/connection.ts'
import type { ConnectionTest, LastTest } from '../../connections/test-connection.ts'
import { role } from './member-views.ts'
import { viewOf } from './view-of.ts'

const words = z.array(z.string())

const base = {
  id: z.string(),
  teamspaceId: z.string(),
  audience: z.string(),
  requiredScope: z.string().nullable(),
  jit: z.strictObject({ role, claim: z.string().nullable(), values: words }).exactOptional(),
  createdAt: z.int(),
  updatedAt: z.int(),
}

const entra = viewOf<ViewOf<'entra'>>()(
  z.strictObject({
    ...base,
    kind: z.literal('entra'),
    cloud: z.string(),
    tenantId: z.string(),
    acceptedRoles: words,
    allowedClients: words,
    groups: z.enum(ENTRA_GROUP_SOURCES).exactOptional(),
    onBehalfOf: z
      .strictObject({
        clientId: z.string(),
        scope: z.string(),
        credential: z.strictObject({
          kind: z.enum(['secret', 'certificate', 'federated']),
          tokenFile: z.string().exactOptional(),
        }),
      })
      .exactOptional(),
    server: z.strictObject({ audience: z.string(), requiredScope: z.string().nullable() }).exactOptional(),
    facade: z.strictObject({ redirectUris: words, clientAuth: z.enum(['none', 'inject']) }),
  }),
).meta({ id: 'EntraConnection' })

const oidc = viewOf<ViewOf<'oidc'>>()(
  z.strictObject({
    ...base,
    kind: z.literal('oidc'),
    issuer: z.string(),
    provider: z.enum(Object.keys(OIDC_PROVIDERS) as OidcProvider[]).exactOptional(),
    allowedClients: words,
    subjectClaim: z.string().exactOptional(),
    groupsClaim: z.string().exactOptional(),
    keysUrl: z.string().exactOptional(),
  }),
).meta({ id: 'OidcConnection' })

const kubernetes = viewOf<ViewOf<'kubernetes'>>()(
  z.strictObject({
    ...base,
    kind: z.literal('kubernetes'),
    cluster: z.string(),
    verify: z.enum(VERIFY_MODES),
    issuer: z.string().exactOptional(),
    acceptUsers: z.boolean(),
  }),
).meta({ id: 'KubernetesConnection' })

const says = z.string()

export const connectionTest = viewOf<ConnectionTest>()(
  z.union([
    z.strictObject({
      outcome: z.literal('ok'),
      issuer: z.string(),
      keyCount: z.int(),
      algorithms: words.exactOptional(),
      advice: words.exactOptional(),
      warnings: words.exactOptional(),
    }),
    z.strictObject({
      outcome: z.literal('ok'),
      cluster: z.string(),
      asked: z.array(z.enum(['oidc', 'tokenreview'])),
    }),
    z.strictObject({ outcome: z.literal('unknown_tenant'), says }),
    z.strictObject({ outcome: z.literal('issuer_mismatch'), expected: z.string(), presented: z.string() }),
    z.strictObject({ outcome: z.literal('no_usable_keys'), says }),
    z.strictObject({ outcome: z.literal('unreachable'), says }),
    z.strictObject({ outcome: z.literal('groups_unavailable'), says }),
  ]),
).meta({ id: 'ConnectionTest' })

const lastTest = viewOf<LastTest>()(
  z.strictObject({
    at: z.int(),
    by: z.string(),
    isStale: z.boolean().describe('The connection was changed since'),
    result: connectionTest,
  }),
).meta({ id: 'LastConnectionTest' })

const tested = { lastTest: lastTest.exactOptional() }

/** What is saved of each kind, the credential's kind but never the credential; beside it what its last test showed. */
export const CONNECTION_VIEWS = {
  entra: z.strictObject({ ...entra.shape, ...tested }).meta({ id: 'TestedEntraConnection' }),
  kubernetes: z.strictObject({ ...kubernetes.shape, ...tested }).meta({ id: 'TestedKubernetesConnection' }),
  oidc: z.strictObject({ ...oidc.shape, ...tested }).meta({ id: 'TestedOidcConnection' }),
} as const

/** The same after saving, with what may not do what its author thinks. */
export const SAVED_VIEWS = {
  entra,
  kubernetes,
  oidc: z.strictObject({ ...oidc.shape, warnings: words.exactOptional() }),
} as const

export const connectionList = z.strictObject({
  connections: z.array(
    z.discriminatedUnion('kind', [CONNECTION_VIEWS.entra, CONNECTION_VIEWS.kubernetes, CONNECTION_VIEWS.oidc]),
  ),
})
