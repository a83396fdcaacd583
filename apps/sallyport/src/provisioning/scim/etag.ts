import { scimDenial } from './scim-error.ts'
import type { ScimDenial } from './scim-error.ts'

/** RFC 7644 §3.14: weak, because the same resource is rendered with more or fewer attributes. */
export const etagOf = (version: number): string => `W/"${version}"`

const MAX_CHARACTERS = 1_000

/** Whether a header names this version. Strong or weak makes no difference to SCIM. */
export function namesVersion(header: string, version: number): boolean {
  if (header.trim() === '*') return true
  if (header.length > MAX_CHARACTERS) return false
  return header.split(',').some((tag) => tag.trim().replace(/^W\//, '') === `"${version}"`)
}

/** `If-Match`: undefined when the version is the one that the client knows, or the client does not mind. */
export const checkIfMatch = (header: string | undefined, version: number): ScimDenial | undefined =>
  header === undefined || namesVersion(header, version)
    ? undefined
    : scimDenial(412, 'The resource was changed meanwhile')
