import { EntraError } from '../entra-error.ts'
import type { AppRegistration, LoadedSeed, Tenant } from '../seed.ts'
import { GRAPH_APP_ID, graphRegistration } from './graph-registration.ts'

/** The words that stand for "any tenant" in an address. */
export const SHARED_AUTHORITIES: readonly string[] = ['common', 'organizations']

export function findTenant(seed: LoadedSeed, name: string): Tenant | undefined {
  const wanted = name.toLowerCase()
  return seed.tenants.find((tenant) => tenant.id === wanted || tenant.domains.includes(wanted))
}

export function getTenant(seed: LoadedSeed, name: string): Tenant {
  const tenant = findTenant(seed, name)
  if (tenant === undefined) throw new EntraError(90002, { detail: `Tenant '${name}' does not exist.` })
  return tenant
}

export function findApp(tenant: Tenant, appId: string): AppRegistration | undefined {
  const wanted = appId.toLowerCase()
  if (wanted === GRAPH_APP_ID) return graphRegistration(tenant)
  return tenant.apps.find((app) => app.appId === wanted)
}

/** A client of this tenant. Microsoft Graph is a resource, never a client. */
export function getClient(tenant: Tenant, clientId: string): AppRegistration {
  const client = tenant.apps.find((app) => app.appId === clientId.toLowerCase())
  if (client === undefined)
    throw new EntraError(700016, { detail: `No application '${clientId}' in '${tenant.displayName}'.` })
  return client
}
