import { denyClaim, isDenied, type Denial } from '../denial.ts'
import { isJsonObject, type JsonObject } from '../jwt/strict-json.ts'

/** A user of a cluster, whoever vouched for it. */
export interface ClusterUser {
  readonly subject: string
  readonly uid?: string
  readonly groups: readonly string[]
  readonly serviceAccount?: ServiceAccount
}

interface ServiceAccount {
  readonly namespace: string
  readonly name: string
}

const PREFIX = 'system:serviceaccount:'
const SERVICE_ACCOUNT = `${PREFIX}{namespace}:{name}`
/** RFC 1123 label and subdomain, as the API server asks of the names of namespaces and service accounts. */
const NAME = /^system:serviceaccount:([a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?):([a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?)$/

/** Who nobody is: an API server that allows anonymous requests calls them so. */
const NOBODY: ReadonlySet<string> = new Set(['system:anonymous', 'system:unauthenticated'])

interface Said {
  readonly username: string
  readonly uid?: string
  readonly groups: readonly string[]
}

export function toClusterUser({ username, uid, groups }: Said, acceptUsers = false): ClusterUser | Denial {
  if (NOBODY.has(username) || groups.some((group) => NOBODY.has(group))) return denyClaim('sub', username)
  const [, namespace, name] = NAME.exec(username) ?? []
  const serviceAccount = namespace !== undefined && name !== undefined && { namespace, name }
  // What only begins like a service account is nobody's name, whatever else is accepted.
  if (!serviceAccount && (!acceptUsers || username.startsWith(PREFIX))) {
    return denyClaim('sub', username, SERVICE_ACCOUNT)
  }
  return { subject: username, ...(uid !== undefined && { uid }), groups, ...(serviceAccount && { serviceAccount }) }
}

/** The user that the claims of a proven JWT tell. Groups follow from the name, as they do in the API server. */
export function userOfClaims(sub: string, claims: JsonObject, acceptUsers?: boolean): ClusterUser | Denial {
  const user = toClusterUser({ username: sub, groups: [] }, acceptUsers)
  if (isDenied(user)) return user
  // Names that begin so are the cluster's own, and its issuer issues tokens to service accounts only.
  if (!user.serviceAccount) return sub.startsWith('system:') ? denyClaim('sub', sub, SERVICE_ACCOUNT) : user
  const { namespace, name } = user.serviceAccount
  const bound = claims['kubernetes.io']
  const account = isJsonObject(bound) && bound['namespace'] === namespace ? bound['serviceaccount'] : undefined
  // An issuer that lets people choose their `sub` must not make service accounts of them.
  if (!isJsonObject(account) || account['name'] !== name) return denyClaim('kubernetes.io', undefined, sub)
  const { uid } = account
  const groups = ['system:serviceaccounts', `system:serviceaccounts:${namespace}`, 'system:authenticated']
  return { ...user, ...(typeof uid === 'string' && { uid }), groups }
}
