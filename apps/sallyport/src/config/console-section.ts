import { z } from 'zod'
import { toGuid } from '../connections/guid.ts'
import { name, secureOrigin, secureUrl } from './setting-types.ts'

const guid = z.string().transform((text, context) => {
  const id = toGuid(text)
  if (id !== undefined) return id
  context.addIssue({ code: 'custom', message: 'must be a GUID' })
  return z.NEVER
})

const domains = z
  .array(
    z
      .string()
      .max(253)
      .toLowerCase()
      .regex(/^[a-z0-9-]+(?:\.[a-z0-9-]+)+$/, { error: 'must be a domain, such as acme.example' }),
  )
  .max(100)
  .default([])
  .describe('Whose e-mail ends so is sent there.')

const client = {
  name: name.describe('On the button of the sign-in page, and in the audit trail.'),
  clientId: z.string().min(1).max(255),
  clientSecret: z.string().min(1).max(2000).optional(),
  clientSecretFile: z.string().min(1).optional(),
}

const entra = z.strictObject({
  kind: z.literal('entra'),
  ...client,
  cloud: name.default('global'),
  tenantId: guid.optional().describe('The tenant whose people may sign in; or several, under tenants.'),
  domains,
  tenants: z
    .array(z.strictObject({ tenantId: guid, domains }))
    .max(200)
    .default([])
    .describe('Several tenants that have the same client.'),
})

const oidc = z.strictObject({
  kind: z.literal('oidc'),
  ...client,
  issuer: secureUrl.describe('As its ID tokens spell it.'),
  domains,
})

const operator = z.strictObject({
  provider: name,
  subject: z.string().min(1).max(255).describe('sub, or for Entra the object id.'),
  tenantId: guid.optional().describe('Of the Entra tenant, where the provider has several.'),
})

/** Who signs in to the console, and how. */
export const consoleSection = z.strictObject({
  url: secureOrigin
    .optional()
    .describe('Where browsers reach the admin listener. Its own address, unless set, when that is on loopback.'),
  sessionHours: z.number().min(0.1).max(168).default(8).describe('Whoever signed in so long ago signs in again.'),
  idleMinutes: z.number().min(5).max(10_080).default(60).describe('And whoever did nothing for so long.'),
  identityProviders: z
    .array(z.discriminatedUnion('kind', [entra, oidc]))
    .max(50)
    .default([]),
  operators: z.array(operator).max(100).default([]).describe('Identities that run the whole instance.'),
})

export type ConsoleSection = z.infer<typeof consoleSection>
