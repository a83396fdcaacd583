import { demoSeedUrl, loadSeed } from 'entra-emulator'
import type { LoadedSeed } from 'entra-emulator'
import type { DemoUser } from './demo-files.ts'

/** One Entra tenant of the demo seed, seen as a teamspace. */
export interface DemoTenant {
  readonly slug: string
  readonly name: string
  readonly tenantId: string
  readonly gatewayClientId: string
  readonly gatewaySecret: string
  readonly apiClientId: string
  readonly members: readonly DemoUser[]
  readonly strangers: readonly DemoUser[]
}

const MEMBERS_EACH = 3

export async function loadDemoDirectory(): Promise<{ seed: LoadedSeed; tenants: DemoTenant[] }> {
  const seed = await loadSeed(demoSeedUrl)
  return { seed, tenants: seed.tenants.map(toDemoTenant) }
}

function toDemoTenant(tenant: LoadedSeed['tenants'][number]): DemoTenant {
  const app = (displayName: string) => tenant.apps.find((candidate) => candidate.displayName === displayName)!
  const gateway = app('MCP Gateway')
  const people = tenant.users
    .filter((user) => user.accountEnabled)
    .map((user) => ({ name: user.displayName, email: user.userPrincipalName, oid: user.id, password: user.password }))
  return {
    slug: tenant.displayName.toLowerCase(),
    name: tenant.displayName,
    tenantId: tenant.id,
    gatewayClientId: gateway.appId,
    gatewaySecret: gateway.secrets[0]!.value,
    apiClientId: app('MCP API').appId,
    members: people.slice(0, MEMBERS_EACH),
    strangers: people.slice(MEMBERS_EACH),
  }
}
