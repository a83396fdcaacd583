import { VerificationFault } from '../fault.ts'
import { fetchJson } from '../fetch-json.ts'
import { isJsonObject, type JsonObject } from '../jwt/strict-json.ts'
import { isSecureUrl } from '../secure-url.ts'
import type { EntraConnection, EntraConnectionSource } from './connection.ts'
import { toEntraAudience, toGuid } from './identifiers.ts'

export interface RemoteSourceOptions {
  /** Where Sallyport's admin listener is, without `/v2/…`: https, or http on loopback. */
  readonly url: string
  readonly fetch?: typeof globalThis.fetch
  readonly timeoutSeconds?: number
  /** Audiences of this server. Given, no other audience is ever looked up. */
  readonly allowedAudiences?: readonly string[]
}

const MAX_BYTES = 64 * 1024

/** Connections from Sallyport's `GET /v2/entra/config/{audience}`. Wrap it in `cachedSource`. */
export function remoteSource(options: RemoteSourceOptions): EntraConnectionSource {
  const { fetch = globalThis.fetch, timeoutSeconds = 5, allowedAudiences } = options
  if (!isSecureUrl(options.url)) throw new TypeError(`The url must be https (http only on loopback): ${options.url}`)
  const base = options.url.replace(/\/+$/, '')
  const allowed = allowedAudiences && new Set(allowedAudiences.map((audience) => toEntraAudience(audience)))

  return {
    async find(tenantId, audience) {
      if (allowed && !allowed.has(audience)) return undefined
      const url = `${base}/v2/entra/config/${encodeURIComponent(audience)}?tid=${encodeURIComponent(tenantId)}`
      try {
        const { status, body } = await fetchJson(url, { fetch, timeoutSeconds, maxBytes: MAX_BYTES })
        if (status === 404) return undefined
        if (status !== 200) throw new Error(`The answer was ${status}`)
        return toConnection(body, tenantId, audience)
      } catch (cause) {
        throw new VerificationFault('connections_unavailable', 'Sallyport could not be asked for a connection', {
          cause,
        })
      }
    },
  }
}

/** A body that we cannot read means "could not tell", never "absent". */
function toConnection(body: unknown, tenantId: string, audience: string): EntraConnection | undefined {
  if (!isJsonObject(body)) throw new Error('The answer is not an object')
  const configuredTenantId = toGuid(body['tenantId'])
  if (!configuredTenantId) throw new Error('tenantId is not a GUID')
  const { use = 'server' } = body
  if (use !== 'server' && use !== 'gate') throw new Error('use is neither "server" nor "gate"')
  const connection = {
    teamspaceId: text(body, 'teamspaceId'),
    cloud: body['cloud'] === undefined ? 'global' : text(body, 'cloud'),
    tenantId: configuredTenantId,
    audience,
    requiredScope: body['requiredScope'] === null ? null : text(body, 'requiredScope'),
    acceptedRoles: texts(body, 'acceptedRoles'),
    allowedClients: texts(body, 'allowedClients'),
  }
  // Tokens for the gate are spent at the gate: a server behind it gets exchanged ones, with an audience of their own.
  return use === 'gate' || configuredTenantId !== tenantId ? undefined : connection
}

function text(body: JsonObject, name: string): string {
  const value = body[name]
  if (typeof value !== 'string' || !/^[\x21-\x7e]{1,200}$/.test(value)) throw new Error(`${name} is not a word`)
  return value
}

function texts(body: JsonObject, name: string): readonly string[] {
  const value = body[name] ?? []
  if (!Array.isArray(value) || !value.every((item) => typeof item === 'string'))
    throw new Error(`${name} is not a list`)
  return value
}
