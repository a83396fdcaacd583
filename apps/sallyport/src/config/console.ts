import path from 'node:path'
import { ENTRA_CLOUDS } from '@sallyport/verifier'
import type { EntraClouds } from '@sallyport/verifier'
import type { ConsoleSection } from './console-section.ts'
import { isLoopbackAddress } from './exposure.ts'
import { readText } from './read-text.ts'

/** Sign-in to the console. */
export interface ConsoleConfig {
  /** Its origin; undefined when there is no console. */
  readonly url: string | undefined
  readonly sessionHours: number
  readonly idleMinutes: number
  readonly identityProviders: readonly ConsoleIdentityProvider[]
  readonly operators: readonly DeclaredOperator[]
}

export type ConsoleIdentityProvider = ConsoleClient &
  (
    | { readonly kind: 'entra'; readonly cloud: string; readonly tenants: readonly ConsoleTenant[] }
    | { readonly kind: 'oidc'; readonly issuer: string; readonly domains: readonly string[] }
  )

interface ConsoleClient {
  readonly name: string
  readonly clientId: string
  /** Without one it is a public client, which proves itself by PKCE alone. */
  readonly clientSecret: string | undefined
}

export interface ConsoleTenant {
  readonly tenantId: string
  readonly domains: readonly string[]
}

export interface DeclaredOperator {
  readonly provider: string
  readonly subject: string
  readonly tenantId?: string | undefined
}

interface Context {
  /** Where the admin side listens. */
  readonly admin: { readonly host: string; readonly port: number }
  readonly publicUrl: string
  readonly clouds: EntraClouds
  readonly folder: string
  readonly problems: string[]
}

type ProviderFile = ConsoleSection['identityProviders'][number]

export async function resolveConsole(section: ConsoleSection, context: Context): Promise<ConsoleConfig> {
  const { admin, publicUrl, problems } = context
  const url = section.url === undefined ? ownUrl(admin) : new URL(section.url).origin
  // Pages of one origin share everything in a browser: what servers behind the gate answer must not be the console's.
  if (url === publicUrl) problems.push('console.url: must not be publicUrl, where other servers answer')
  const identityProviders = await Promise.all(
    section.identityProviders.map((provider, index) => resolveProvider(provider, index, context)),
  )
  findTwins(section, problems)
  section.operators.forEach((operator, index) => checkOperator(operator, index, { identityProviders, problems }))
  const { sessionHours, idleMinutes, operators } = section
  return { url, sessionHours, idleMinutes, identityProviders, operators }
}

/** Over http, sessions must not leave the machine. */
const ownUrl = ({ host, port }: Context['admin']): string | undefined =>
  isLoopbackAddress(host) ? `http://${host.includes(':') ? `[${host}]` : host}:${port}` : undefined

async function resolveProvider(file: ProviderFile, index: number, context: Context): Promise<ConsoleIdentityProvider> {
  const { clouds, problems } = context
  const at = `console.identityProviders.${index}`
  const { name, clientId } = file
  const client = { name, clientId, clientSecret: await secretOf(file, at, context) }
  if (file.kind === 'oidc') return { ...client, kind: 'oidc', issuer: file.issuer, domains: file.domains }

  const { cloud, tenantId, domains, tenants } = file
  if (client.clientSecret === undefined) problems.push(`${at}: Entra needs clientSecret or clientSecretFile`)
  if (!Object.hasOwn({ ...ENTRA_CLOUDS, ...clouds }, cloud)) problems.push(`${at}.cloud: ${cloud} is not known here`)
  if ((tenantId === undefined) === (tenants.length === 0)) problems.push(`${at}: needs either tenantId or tenants`)
  if (tenantId === undefined && domains.length > 0) problems.push(`${at}.domains: belong to each of tenants`)
  return { ...client, kind: 'entra', cloud, tenants: tenantId === undefined ? tenants : [{ tenantId, domains }] }
}

async function secretOf(file: ProviderFile, at: string, { folder, problems }: Context): Promise<string | undefined> {
  const { clientSecret, clientSecretFile } = file
  if (clientSecretFile === undefined) return clientSecret
  if (clientSecret !== undefined) problems.push(`${at}: has both clientSecret and clientSecretFile`)
  try {
    const secret = (await readText(path.resolve(folder, clientSecretFile))).trim()
    if (secret === '') problems.push(`${at}.clientSecretFile: is empty`)
    return secret
  } catch (error) {
    problems.push(`${at}.clientSecretFile: ${(error as Error).message}`)
    return undefined
  }
}

/** A name, a domain or a tenant that stands for two things stands for neither. */
function findTwins({ identityProviders }: ConsoleSection, problems: string[]): void {
  const twin = (texts: readonly string[]) => texts.find((text, index) => texts.indexOf(text) !== index)
  const tenants = identityProviders.map((provider) => (provider.kind === 'entra' ? provider.tenants : []))
  const name = twin(identityProviders.map((provider) => provider.name))
  const domain = twin([
    ...identityProviders.flatMap((provider) => provider.domains),
    ...tenants.flat().flatMap((tenant) => tenant.domains),
  ])
  const tenant = tenants.map((list) => twin(list.map(({ tenantId }) => tenantId))).find((id) => id !== undefined)
  if (name !== undefined) problems.push(`console.identityProviders: two are named ${name}`)
  if (domain !== undefined) problems.push(`console.identityProviders: ${domain} stands there twice`)
  if (tenant !== undefined) problems.push(`console.identityProviders: tenant ${tenant} stands there twice`)
}

interface Declared {
  readonly identityProviders: readonly ConsoleIdentityProvider[]
  readonly problems: string[]
}

function checkOperator(operator: DeclaredOperator, index: number, { identityProviders, problems }: Declared): void {
  const { provider: name, tenantId } = operator
  const at = `console.operators.${index}`
  const provider = identityProviders.find((candidate) => candidate.name === name)
  if (!provider) return void problems.push(`${at}.provider: ${name} is not among identityProviders`)
  const tenants = provider.kind === 'entra' ? provider.tenants.map((tenant) => tenant.tenantId) : []
  if (tenantId !== undefined && !tenants.includes(tenantId)) {
    problems.push(`${at}.tenantId: is no tenant of ${name}`)
  } else if (tenantId === undefined && tenants.length > 1) {
    problems.push(`${at}.tenantId: is needed, for ${name} has several tenants`)
  }
}
