import { deny, type Denial } from '../denial.ts'
import { isJsonObject, type JsonObject } from '../jwt/strict-json.ts'
import { toClusterUser, type ClusterUser } from './cluster-user.ts'
import type { KubernetesConnection } from './connection.ts'

export type ReviewRules = Pick<KubernetesConnection, 'audience' | 'acceptUsers' | 'audienceIsApiServers'>

/** Makes what the API server wrote fit for our log. */
type Quote = (text: string) => string

const MAX_GROUPS = 2000
const MAX_NAME_LENGTH = 1024

/** Judges what a TokenReview says. Throws for what no API server would say, which is a verdict on nothing. */
export function judgeStatus(status: JsonObject, rules: ReviewRules, quote: Quote): ClusterUser | Denial {
  const { authenticated, error, audiences, user } = status
  // A real API server leaves `authenticated` out where it is false; with an error beside it, true would be a contradiction.
  if (authenticated !== true || (error !== undefined && error !== '')) {
    const detail = typeof error === 'string' && error !== '' ? quote(error) : 'not authenticated'
    return deny({ code: 'token_invalid', detail: `TokenReview: ${detail}` })
  }
  return checkAudiences(audiences, rules, quote) ?? toClusterUser(readUser(user), rules.acceptUsers)
}

/**
 * Whoever sends audiences must look for them in the answer: an API server that does not know them answers for itself alone,
 * and says so by naming none.
 */
function checkAudiences(
  audiences: unknown,
  { audience, audienceIsApiServers }: ReviewRules,
  quote: Quote,
): Denial | undefined {
  const named = readNames('audiences', audiences)
  if (named.includes(audience)) return undefined
  if (named.length > 0) return deny({ code: 'audience_unknown', presented: quote(named.join(' ')) })
  if (audienceIsApiServers) return undefined
  return deny({ code: 'audience_missing', detail: 'TokenReview: authenticated for the API server only' })
}

function readUser(user: unknown) {
  const { username, uid, groups } = isJsonObject(user) ? user : {}
  if (!isName(username)) throw new Error('status.user.username is not a name')
  return { username, ...(isName(uid) && { uid }), groups: readNames('user.groups', groups) }
}

function readNames(member: string, names: unknown = []): readonly string[] {
  if (names === null) return []
  if (Array.isArray(names) && names.length <= MAX_GROUPS && names.every(isName)) return names
  throw new Error(`status.${member} is not a list of names`)
}

const isName = (value: unknown): value is string =>
  typeof value === 'string' && value !== '' && value.length <= MAX_NAME_LENGTH && !/\p{Cc}/u.test(value)
