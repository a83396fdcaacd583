import { isSecureUrl } from '../secure-url.ts'
import { isGuid } from './identifiers.ts'

/** One Microsoft Entra cloud. Issuers and key sets derive from `authority` and a tenant GUID alone. */
export interface EntraCloud {
  /** Origin without trailing slash, for example `https://login.microsoftonline.com`. */
  readonly authority: string
  /** Prefixes of v1 issuers (`{prefix}{tid}/`), known so that a v1 token is refused with the fix. The global ones unless told. */
  readonly v1Issuers?: readonly string[]
  /** Origin of Microsoft Graph. */
  readonly graph?: string
}

export type EntraClouds = Readonly<Record<string, EntraCloud>>

export const ENTRA_CLOUDS = {
  global: {
    authority: 'https://login.microsoftonline.com',
    v1Issuers: ['https://sts.windows.net/'],
    graph: 'https://graph.microsoft.com',
  },
  usgov: {
    authority: 'https://login.microsoftonline.us',
    v1Issuers: ['https://sts.windows.net/'],
    graph: 'https://graph.microsoft.us',
  },
  china: {
    authority: 'https://login.partner.microsoftonline.cn',
    v1Issuers: ['https://sts.chinacloudapi.cn/'],
    graph: 'https://microsoftgraph.chinacloudapi.cn',
  },
} as const satisfies EntraClouds

export const entraIssuer = (cloud: EntraCloud, tenantId: string): string => `${cloud.authority}/${tenantId}/v2.0`

export function entraKeysUrl(cloud: EntraCloud, tenantId: string, appId?: string): string {
  const url = `${cloud.authority}/${tenantId}/discovery/v2.0/keys`
  return appId === undefined ? url : `${url}?appid=${encodeURIComponent(appId)}`
}

/**
 * Which cloud and tenant an unverified `iss` names, if it has the exact v2 shape. Only these two may go further:
 * never the issuer string itself into a URL.
 */
export function entraIssuerOf(iss: unknown, clouds: EntraClouds): { cloud: string; tenantId: string } | undefined {
  if (typeof iss !== 'string') return undefined
  for (const cloud in clouds) {
    const { authority } = clouds[cloud]!
    if (!iss.startsWith(authority)) continue
    const tenantId = iss.slice(authority.length + 1, authority.length + 37)
    if (isGuid(tenantId) && iss === entraIssuer(clouds[cloud]!, tenantId)) return { cloud, tenantId }
  }
  return undefined
}

export function isEntraV1Issuer(iss: unknown, clouds: EntraClouds): iss is string {
  if (typeof iss !== 'string') return false
  return Object.values(clouds).some(({ v1Issuers = ENTRA_CLOUDS.global.v1Issuers }) =>
    v1Issuers.some((prefix) => iss.startsWith(prefix) && iss.endsWith('/') && isGuid(iss.slice(prefix.length, -1))),
  )
}

/** Throws unless every authority is an https origin (http on loopback, for the emulator) of its own. */
export function checkClouds(clouds: EntraClouds): void {
  const authorities = new Set<string>()
  for (const [name, { authority }] of Object.entries(clouds)) {
    if (!isSecureUrl(authority) || new URL(authority).origin !== authority) {
      throw new TypeError(`Cloud ${name}: the authority must be an https origin (http only on loopback): ${authority}`)
    }
    if (authorities.has(authority)) throw new TypeError(`Cloud ${name}: another cloud has the authority ${authority}`)
    authorities.add(authority)
  }
  if (authorities.size === 0) throw new TypeError('No cloud is configured')
}
