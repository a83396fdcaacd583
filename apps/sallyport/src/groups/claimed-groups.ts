import { isJsonObject } from '@sallyport/verifier'
import type { VerifiedToken } from '@sallyport/verifier'
import { toGuid } from '../connections/guid.ts'
import type { GroupAnswer } from './group-answer.ts'

const MAX_GROUPS = 5_000
const MAX_LENGTH = 256

/**
 * The groups that an Entra token names. Beyond 200 it names another place to ask (`_claim_names`, or `hasgroups` in a token
 * that came through the browser). Without the claim it says nothing: Entra leaves it out for whoever is in no group as well
 * as for an app that does not want it.
 */
export function groupsInEntraToken({ claims }: VerifiedToken<'entra'>): GroupAnswer {
  const { _claim_names: elsewhere, hasgroups: hasGroups } = claims
  if (hasGroups === true || hasGroups === 'true') return 'unknown'
  if (isJsonObject(elsewhere) && Object.hasOwn(elsewhere, 'groups')) return 'unknown'
  const listed = toGroups(claims.groups)
  if (listed === 'unknown') return listed
  // The claim can be set up to carry names, which the next group may have as well.
  const ids = [...listed].map(toGuid).filter((id) => id !== undefined)
  return ids.length === listed.size ? new Set(ids) : 'unknown'
}

/** The groups that a claim of an OpenID Connect token names: a list of them, or a single one. */
export function groupsInClaim({ claims }: VerifiedToken<'oidc'>, name: string): GroupAnswer {
  if (!Object.hasOwn(claims, name)) return 'unknown'
  const claimed = claims[name]
  return toGroups(typeof claimed === 'string' ? [claimed] : claimed)
}

/** What is not wholly a list of groups says nothing: a part of them would look like all. GUIDs are spelt in one way. */
export function toGroups(listed: unknown): GroupAnswer {
  if (!Array.isArray(listed) || listed.length > MAX_GROUPS) return 'unknown'
  return listed.every(isGroup) ? new Set(listed.map((group) => toGuid(group) ?? group)) : 'unknown'
}

const isGroup = (value: unknown): value is string =>
  typeof value === 'string' && value.length > 0 && value.length <= MAX_LENGTH
