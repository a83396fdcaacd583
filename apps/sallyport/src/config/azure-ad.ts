import { ENTRA_CLOUDS } from '@sallyport/verifier'
import type { EntraClouds } from '@sallyport/verifier'
import { toGuid } from '../connections/guid.ts'
import { entraSettings } from '../connections/entra-settings.ts'
import type { EntraSettings } from '../connections/entra-settings.ts'
import { AUTH_MODES } from './auth-mode.ts'
import { readVariable } from './environment.ts'
import type { Environment } from './environment.ts'
import type { ConfigFile } from './schema.ts'

/** The Entra connection that the operator declares for the default teamspace. */
export interface AzureAd {
  readonly settings: EntraSettings
  /** App role of Entra tokens that servers ask for unless they name their own; null for none. */
  readonly requiredRole: string | null
}

type Key = 'tenantId' | 'clientId' | 'audience' | 'instance'

const VARIABLES: Readonly<Record<Key, string>> = {
  tenantId: 'AzureAd__TenantId',
  clientId: 'AzureAd__ClientId',
  audience: 'AzureAd__Audience',
  instance: 'AzureAd__Instance',
}
const NEEDED = ['tenantId', 'clientId'] as const

/** Names under which Entra takes anybody of any tenant; a gate for one tenant cannot mean them (S3-42). */
const MANY_TENANTS = new Set(['common', 'organizations', 'consumers'])
const NO_TENANT = '00000000-0000-0000-0000-000000000000'

/** Both spellings, so that whoever uses either finds it. */
const spell = (key: Key): string => `${VARIABLES[key]} (azureAd.${key})`

/** S3-40: what is missing, in both spellings, and what else could be chosen. */
export function azureAdMissing(keys: readonly ('tenantId' | 'clientId')[] = NEEDED): string {
  const others = AUTH_MODES.filter((mode) => mode !== 'EntraJwt').join(', ')
  return `EntraJwt needs ${keys.map(spell).join(' and ')}; or choose another mode with MCP_AUTH_MODE (auth): ${others}`
}

/** Any of the keys is there, if only as an empty text. */
export function mentionsAzureAd(file: ConfigFile, env: Environment): boolean {
  return file.azureAd !== undefined || Object.values(written(file, env, [])).some((text) => text !== undefined)
}

/** Undefined when nothing is declared, and when what is declared cannot be used. */
export function resolveAzureAd(
  file: ConfigFile,
  env: Environment,
  { clouds, problems }: { clouds: EntraClouds; problems: string[] },
): AzureAd | undefined {
  if (!mentionsAzureAd(file, env)) return undefined
  const before = problems.length
  const { tenantId = '', clientId = '', audience, instance } = written(file, env, problems)
  const missing = NEEDED.filter((key) => ({ tenantId, clientId })[key] === '')
  if (missing.length > 0) problems.push(azureAdMissing(missing))
  for (const [key, text] of [
    ['tenantId', tenantId],
    ['clientId', clientId],
  ] as const) {
    const problem = text === '' ? undefined : idProblem(text)
    if (problem !== undefined) problems.push(`${spell(key)}: ${problem}`)
  }
  const id = toGuid(clientId)
  if (id !== undefined) checkAudiences(audience, id, problems)
  const cloud = cloudOf(instance, { ...ENTRA_CLOUDS, ...clouds }, problems)
  if (problems.length > before) return undefined

  const requiredRole = file.azureAd?.requiredRole === undefined ? 'Mcp.Tool.Executor' : file.azureAd.requiredRole
  const acceptedRoles = requiredRole === null ? [] : [requiredRole]
  const parsed = entraSettings.safeParse({ kind: 'entra', cloud, tenantId, audience: clientId, acceptedRoles })
  if (parsed.success) return { settings: parsed.data, requiredRole }
  problems.push(...parsed.error.issues.map(({ path, message }) => `${nameOf(path)}: ${message}`))
  return undefined
}

const nameOf = ([field]: readonly PropertyKey[]): string =>
  field === 'tenantId' ? spell(field) : field === 'acceptedRoles' ? 'azureAd.requiredRole' : 'azureAd'

/** Each key as it is written somewhere, the environment first. */
function written(file: ConfigFile, env: Environment, problems: string[]): { [Name in Key]?: string } {
  const texts: { [Name in Key]?: string } = {}
  for (const [key, variable] of Object.entries(VARIABLES) as [Key, string][]) {
    const found = readVariable(env, [variable], { parse: (text) => ({ value: text.trim() }), problems })
    const text = found?.value ?? file.azureAd?.[key]?.trim()
    if (text !== undefined) texts[key] = text
  }
  return texts
}

function idProblem(text: string): string | undefined {
  if (MANY_TENANTS.has(text.toLowerCase())) return `${text} means many tenants; name the one whose people may call`
  const id = toGuid(text)
  if (id === NO_TENANT) return 'is a placeholder, all zeros'
  if (id === undefined) return `must be a GUID, as the portal shows it; ${JSON.stringify(text.slice(0, 60))} is none`
  return undefined
}

/** A v2 token's `aud` is the client id, so other audiences could never match and would only look as if they did. */
function checkAudiences(audience: string | undefined, clientId: string, problems: string[]): void {
  const others = (audience ?? '')
    .split(',')
    .map((text) => text.trim())
    .filter((text) => text !== '' && toGuid(text.replace(/^api:\/\//, '')) !== clientId)
  if (others.length === 0) return
  const listed = others.map((text) => JSON.stringify(text.slice(0, 60))).join(', ')
  problems.push(
    `${spell('audience')}: ${listed} cannot be the audience of a v2 token for ${clientId}, which is always the client id; list only ${clientId} and api://${clientId}, or nothing`,
  )
}

function cloudOf(instance: string | undefined, clouds: EntraClouds, problems: string[]): string {
  if (instance === undefined || instance === '') return 'global'
  const authority = instance.replace(/\/$/, '').toLowerCase()
  const found = Object.keys(clouds).find((name) => clouds[name]!.authority === authority)
  if (found !== undefined) return found
  const known = Object.values(clouds).map((cloud) => `${cloud.authority}/`)
  problems.push(
    `${spell('instance')}: ${JSON.stringify(instance.slice(0, 100))} is no cloud that is known here: ${known.join(', ')}; others go into clouds`,
  )
  return 'global'
}
