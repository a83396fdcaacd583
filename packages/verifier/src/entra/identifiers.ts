const GUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/
const APP_ID_URI = /^api:\/\/[A-Za-z0-9._~:/-]{1,250}$/

/** Personal Microsoft accounts: a tenant that anybody can join, so it is nobody's teamspace. */
export const PERSONAL_ACCOUNTS_TENANT_ID = '9188040d-6c67-4c5b-b112-36a304b66dad'

/** Strict, lower-case GUID: the only form that may reach a URL. */
export const isGuid = (value: unknown): value is string => typeof value === 'string' && GUID.test(value)

/** GUIDs compare without case; everything else is left alone. */
export function toGuid(value: unknown): string | undefined {
  if (typeof value !== 'string' || value.length !== 36) return undefined
  const lower = value.toLowerCase()
  return GUID.test(lower) ? lower : undefined
}

/** An audience worth looking up: the API's client id, lower case, or an `api://` App ID URI as it is. */
export const toEntraAudience = (value: string): string | undefined =>
  toGuid(value) ?? (APP_ID_URI.test(value) ? value : undefined)
