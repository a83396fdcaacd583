import { z } from 'zod'

const GUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/
const guid = z.string().toLowerCase().regex(GUID, 'must be a GUID such as 11111111-2222-4333-8444-555555555555')
const ID_PREFIX = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-$/
const numbered = (idPrefix: string, number: number) => `${idPrefix}${String(number).padStart(12, '0')}`
const list = <T extends z.ZodType>(item: T) => z.array(item).default([])
const date = z.string().refine((text) => !Number.isNaN(Date.parse(text)), 'must be a date such as 2030-01-31T00:00:00Z')

const userSchema = z.strictObject({
  id: guid,
  userPrincipalName: z.string().regex(/^[^@\s]+@[^@\s]+$/, 'must look like name@domain'),
  mail: z.string().nullable().default(null),
  displayName: z.string(),
  password: z.string().min(1),
  accountEnabled: z.boolean().default(true),
  guest: z.boolean().default(false),
  /** Policy asks MFA for tokens got On-Behalf-Of. `unregistered`: the user has no method yet (50079). */
  mfaRequired: z.union([z.boolean(), z.literal('unregistered')]).default(false),
})

/** Many people in one line: `Person 1` to `Person 5000`. The number is the end of the id and of the name before the `@`. */
const userSeriesSchema = z
  .strictObject({
    idPrefix: z.string().toLowerCase().regex(ID_PREFIX, 'must be a GUID up to its last dash'),
    displayName: z.string(),
    /** Of the user principal name and the mail, such as `person` and `acme.example`. */
    name: z.string().regex(/^[\w.-]+$/),
    domain: z.string().regex(/^[^@\s]+$/),
    password: z.string().min(1),
    count: z.int().min(1).max(20_000),
    /** Groups that all of them are in. */
    groups: list(guid),
  })
  .transform(({ idPrefix, displayName, name, domain, password, count, groups }) => ({
    groups,
    users: Array.from({ length: count }, (_, index) => {
      const number = index + 1
      const userPrincipalName = `${name}${number}@${domain}`
      const names = { userPrincipalName, mail: userPrincipalName, displayName: `${displayName} ${number}` }
      const rest = { password, accountEnabled: true, guest: false, mfaRequired: false as const }
      return { id: numbered(idPrefix, number), ...names, ...rest }
    }),
  }))

const groupSchema = z.strictObject({
  id: guid,
  displayName: z.string(),
  /** Ids of users, of nested groups, and object ids of applications. */
  members: list(guid),
  securityEnabled: z.boolean().default(true),
})

/** Many groups in one line: `Project 1` to `Project 240`. The number is the end of the id. */
const groupSeriesSchema = z
  .strictObject({
    idPrefix: z.string().toLowerCase().regex(ID_PREFIX, 'must be a GUID up to its last dash'),
    displayName: z.string(),
    count: z.int().min(1).max(20_000),
    members: list(guid),
  })
  .transform(({ idPrefix, displayName, count, members }) =>
    Array.from({ length: count }, (_, index) => ({
      id: numbered(idPrefix, index + 1),
      displayName: `${displayName} ${index + 1}`,
      members: [...members],
      securityEnabled: true,
    })),
  )

const scopeSchema = z.strictObject({
  id: guid,
  value: z.string().regex(/^[\w.:-]+$/),
  isEnabled: z.boolean().default(true),
  /** `Admin`: only an administrator may consent. */
  type: z.enum(['User', 'Admin']).default('User'),
})

const consentSchema = z.strictObject({
  clientAppId: guid,
  /** Scope values of this resource, separated by spaces. */
  scope: z.string(),
  /** Absent: an administrator consented for everybody. */
  userId: guid.optional(),
})

const roleAssignmentSchema = z.strictObject({
  /** A user, a group, or an application (object id or client id). */
  principalId: guid,
  /** Id or value of one of the app roles. */
  role: z.string(),
})

const optionalClaimSchema = z.union([
  z.string().transform((name) => ({ name, additionalProperties: [] as string[] })),
  z.strictObject({ name: z.string(), additionalProperties: list(z.string()) }),
])

const appSchema = z
  .strictObject({
    appId: guid,
    objectId: guid,
    displayName: z.string(),
    identifierUris: z.array(z.string()).optional(),
    /** null and 1 give v1 access tokens, 2 gives v2: a property of the resource, not of the client. */
    requestedAccessTokenVersion: z.union([z.literal(1), z.literal(2), z.null()]).default(null),
    scopes: list(scopeSchema),
    preAuthorizedApplications: list(z.strictObject({ appId: guid, scopeIds: z.array(guid) })),
    appRoles: list(
      z.strictObject({ id: guid, value: z.string(), allowedMemberTypes: list(z.enum(['User', 'Application'])) }),
    ),
    roleAssignments: list(roleAssignmentSchema),
    redirectUris: z
      .strictObject({ web: list(z.string()), spa: list(z.string()), publicClient: list(z.string()) })
      .prefault({}),
    secrets: list(z.strictObject({ value: z.string().min(1), expiresAt: date.optional(), keyId: guid })),
    certificates: list(z.strictObject({ pem: z.string().includes('BEGIN CERTIFICATE') })),
    federatedCredentials: list(z.strictObject({ issuer: z.string(), subject: z.string(), audience: z.string() })),
    requiredResourceAccess: list(z.strictObject({ resourceAppId: guid, scopeIds: list(guid) })),
    /** Who may obtain scopes of this application. */
    consents: list(consentSchema),
    optionalClaims: z
      .strictObject({ accessToken: list(optionalClaimSchema), idToken: list(optionalClaimSchema) })
      .prefault({}),
    groupMembershipClaims: z.enum(['None', 'SecurityGroup', 'All', 'ApplicationGroup']).default('None'),
    assignmentRequired: z.boolean().default(false),
    /** Users and groups that may use this application. */
    assignments: list(guid),
    /** Tokens for this application are signed by a key of its own, published under `?appid=` only. */
    customSigningKeys: z.boolean().default(false),
  })
  .transform((app) => ({ ...app, identifierUris: app.identifierUris ?? [`api://${app.appId}`] }))

const tenantSchema = z
  .strictObject({
    id: guid,
    displayName: z.string(),
    /** Names that stand for the GUID in addresses, such as `acme.example`. */
    domains: list(z.string().toLowerCase()),
    users: list(userSchema),
    /** Become users when the seed is loaded. */
    userSeries: list(userSeriesSchema),
    groups: list(groupSchema),
    /** Become groups when the seed is loaded. */
    groupSeries: list(groupSeriesSchema),
    apps: list(appSchema),
    /** What Microsoft Graph, present in each tenant, was granted to whom. */
    graph: z.strictObject({ consents: list(consentSchema), roleAssignments: list(roleAssignmentSchema) }).prefault({}),
    /** Fixed access-token lifetime; absent: random between 60 and 90 minutes, as in Entra. */
    tokenLifetimeSeconds: z.int().min(1).max(86_400).optional(),
    /** `match`: `resource` must name the owner of the scopes (9010010). `refuse`: any is refused (901002). */
    resourceParameter: z.enum(['match', 'refuse']).default('match'),
    /** So many identical failing token requests within a minute are a loop (50196). */
    loopThreshold: z.int().min(2).default(10),
  })
  .transform(({ userSeries, users, groupSeries, groups, ...tenant }) => {
    const allGroups = [...groups, ...groupSeries.flat()]
    const membersOf = (id: string) =>
      userSeries.flatMap((series) => (series.groups.includes(id) ? series.users.map((user) => user.id) : []))
    return {
      ...tenant,
      users: [...users, ...userSeries.flatMap((series) => series.users)],
      groups: allGroups.map((group) => ({ ...group, members: [...group.members, ...membersOf(group.id)] })),
    }
  })

export const seedSchema = z.strictObject({ tenants: z.array(tenantSchema).min(1) })

/** What a seed file may say; defaults fill the rest. */
export type Seed = z.input<typeof seedSchema>
/** A seed with all defaults filled in. It is live: change it and the next request sees the change. */
export type LoadedSeed = z.output<typeof seedSchema>
export type Tenant = LoadedSeed['tenants'][number]
export type User = Tenant['users'][number]
export type Group = Tenant['groups'][number]
export type AppRegistration = Tenant['apps'][number]
export type Platform = keyof AppRegistration['redirectUris']
