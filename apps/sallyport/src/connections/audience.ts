import { toGuid } from './guid.ts'

/** The same as the verifier's: an audience that it asks about and we call malformed would be a fault, not a refusal. */
const APP_ID_URI = /^api:\/\/[A-Za-z0-9._~:/-]{1,250}$/

/**
 * An audience in the spelling that is stored and compared: GUIDs in lower case, App ID URIs as they are.
 * Undefined for anything else, so that a caller's text is bounded before it reaches a cache or the database.
 */
export const toAudience = (text: string): string | undefined =>
  toGuid(text) ?? (APP_ID_URI.test(text) ? text : undefined)

/** The client id inside a downstream scope such as `api://{guid}/mcp.access` or `{guid}/.default`. */
export function audienceOfScope(scope: string): string | undefined {
  const resource = scope.slice(0, scope.lastIndexOf('/'))
  return toGuid(resource.replace(/^api:\/\//, ''))
}

/** What `scp` of a token for this downstream scope must contain; `.default` asks for all that was consented to. */
export function requiredScopeOf(scope: string): string | null {
  const name = scope.slice(scope.lastIndexOf('/') + 1)
  return name === '.default' ? null : name
}
