import { entraIssuer } from '@sallyport/verifier'
import type { EntraClouds } from '@sallyport/verifier'
import type { ConsoleConfig, ConsoleIdentityProvider } from '../config/console.ts'
import { toGuid } from '../connections/guid.ts'
import { entraIssuerKey } from '../members/member.ts'
import type { OperatorIdentity } from './account.ts'

/** One issuer whose people may sign in: an identity provider, or one tenant of an Entra client. */
export interface Realm {
  /** Of the identity provider; several tenants share it. */
  readonly name: string
  readonly kind: 'entra' | 'oidc'
  /** As ID tokens spell it. */
  readonly issuer: string
  /** As members' identities have it. */
  readonly issuerKey: string
  readonly tenantId?: string
  readonly clientId: string
  readonly clientSecret: string | undefined
  readonly domains: readonly string[]
}

export interface Realms {
  /** For the buttons of the sign-in page: those that can be chosen without an e-mail. */
  readonly choices: readonly { readonly name: string; readonly kind: Realm['kind'] }[]
  /** Whether anybody can sign in so, if only by e-mail. */
  readonly isEmpty: boolean
  readonly operators: readonly OperatorIdentity[]
  findByEmail(email: string): Realm | undefined
  /** Undefined for a name that stands for several tenants. */
  findByName(name: string): Realm | undefined
  findByKey(issuerKey: string, clientId: string): Realm | undefined
  /** Whether anybody of this issuer may sign in at all. */
  hasIssuer(issuerKey: string): boolean
}

export function createRealms(config: ConsoleConfig, clouds: EntraClouds): Realms {
  const realms = config.identityProviders.flatMap((provider) => realmsOf(provider, clouds))
  const named = Map.groupBy(realms, ({ name }) => name)
  const alone = realms.filter(({ name }) => named.get(name)?.length === 1)
  const issuers = new Set(realms.map(({ issuerKey }) => issuerKey))
  return {
    isEmpty: realms.length === 0,
    hasIssuer: (issuerKey) => issuers.has(issuerKey),
    choices: alone.map(({ name, kind }) => ({ name, kind })),
    operators: config.operators.map(({ provider, subject, tenantId }) => {
      const realm = named.get(provider)!.find((each) => tenantId === undefined || each.tenantId === tenantId)!
      return { issuer: realm.issuerKey, subject: realm.kind === 'entra' ? (toGuid(subject) ?? subject) : subject }
    }),
    findByEmail: (email) => realms.find(({ domains }) => domains.includes(email.slice(email.lastIndexOf('@') + 1))),
    findByName: (name) => alone.find((realm) => realm.name === name),
    findByKey: (issuerKey, clientId) =>
      realms.find((realm) => realm.issuerKey === issuerKey && realm.clientId === clientId),
  }
}

function realmsOf(provider: ConsoleIdentityProvider, clouds: EntraClouds): Realm[] {
  const { name, clientId, clientSecret } = provider
  const client = { name, clientId, clientSecret }
  if (provider.kind === 'oidc') {
    const { issuer, domains } = provider
    return [{ ...client, kind: 'oidc', issuer, issuerKey: issuer, domains }]
  }
  const { cloud, tenants } = provider
  return tenants.map(({ tenantId, domains }) => {
    const [issuer, issuerKey] = [entraIssuer(clouds[cloud]!, tenantId), entraIssuerKey(cloud, tenantId)]
    return { ...client, kind: 'entra', issuer, issuerKey, tenantId, domains }
  })
}
