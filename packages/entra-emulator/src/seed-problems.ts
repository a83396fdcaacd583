import { graphRegistration } from './directory/graph-registration.ts'
import type { AppRegistration, LoadedSeed, Tenant } from './seed.ts'

export interface SeedProblem {
  readonly path: (string | number)[]
  readonly message: string
}

/** What no single field can tell: names used twice, and references that lead nowhere. */
export function findSeedProblems({ tenants }: Pick<LoadedSeed, 'tenants'>): SeedProblem[] {
  return [
    ...findDuplicates(tenants),
    ...tenants.flatMap((tenant, t) => [
      ...findStrayMembers(tenant, ['tenants', t]),
      ...tenant.apps.flatMap((app, a) => findStrayReferences(app, ['tenants', t, 'apps', a])),
      ...findStrayReferences(graphRegistration(tenant), ['tenants', t, 'graph']),
    ]),
  ]
}

type Name = { readonly key: string; readonly path: (string | number)[]; readonly what: string }

function findDuplicates(tenants: readonly Tenant[]): SeedProblem[] {
  const seen = new Set<string>()
  const isSecond = ({ key }: Name): boolean => seen.has(key) || !seen.add(key)
  return tenants
    .flatMap(namesOf)
    .filter(isSecond)
    .map(({ path, what }) => ({ path, message: `${what} is used twice` }))
}

function namesOf(tenant: Tenant, t: number): Name[] {
  const path = ['tenants', t]
  const objects = [...tenant.users, ...tenant.groups].map(({ id }) => id).concat(tenant.apps.map((app) => app.objectId))
  return [
    { key: tenant.id, path, what: `tenant id ${tenant.id}` },
    ...tenant.domains.map((domain) => ({ key: domain, path, what: `domain ${domain}` })),
    ...objects.map((id) => ({ key: `${t} object ${id}`, path, what: `object id ${id}` })),
    ...tenant.users.map(({ userPrincipalName: name }) => ({
      key: `${t} user ${name.toLowerCase()}`,
      path,
      what: name,
    })),
    ...tenant.apps.flatMap((app, a) => appNames(app, t, [...path, 'apps', a])),
  ]
}

const appNames = ({ appId, identifierUris, redirectUris }: AppRegistration, t: number, path: Name['path']): Name[] => [
  { key: `${t} app ${appId}`, path, what: `appId ${appId}` },
  ...identifierUris.map((uri) => ({ key: `${t} uri ${uri}`, path, what: `identifier URI ${uri}` })),
  // Entra refuses one redirect URI on two platforms: the platform decides how a code is redeemed.
  ...Object.values(redirectUris)
    .flat()
    .map((uri) => ({ key: `${t} redirect ${appId} ${uri}`, path, what: `redirect URI ${uri}` })),
]

function findStrayMembers({ users, groups, apps }: Tenant, path: SeedProblem['path']): SeedProblem[] {
  const known = new Set([...[...users, ...groups].map(({ id }) => id), ...apps.map(({ objectId }) => objectId)])
  return groups.flatMap((group, g) =>
    group.members
      .filter((id) => !known.has(id))
      .map((id) => ({
        path: [...path, 'groups', g, 'members'],
        message: `there is no user, group or application ${id}`,
      })),
  )
}

function findStrayReferences(app: AppRegistration, path: SeedProblem['path']): SeedProblem[] {
  const scopes = app.scopes.flatMap(({ id, value }) => [id, value])
  const roles = app.appRoles.flatMap(({ id, value }) => [id, value])
  const named = [
    ...app.preAuthorizedApplications.flatMap(({ scopeIds }) => scopeIds),
    ...app.consents.flatMap(({ scope }) => scope.split(' ')),
  ]
  const stray = (message: string): SeedProblem => ({ path, message: `${app.displayName} ${message}` })
  return [
    ...named.filter((name) => !scopes.includes(name)).map((name) => stray(`has no scope '${name}'`)),
    ...app.roleAssignments
      .filter(({ role }) => !roles.includes(role))
      .map(({ role }) => stray(`has no app role '${role}'`)),
  ]
}
