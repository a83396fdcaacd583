import type { Json } from './json.ts'
import type { Account, ServiceAccounts } from './service-accounts.ts'

const PATH = /^\/api\/v1\/namespaces\/([a-z0-9-]+)\/serviceaccounts\/([a-z0-9.-]+)\/token$/
const MIN_SECONDS = 600
const DEFAULT_SECONDS = 3600

/** The account whose `token` subresource this is. */
export function accountOfPath(path: string): Account | undefined {
  const [, namespace, name] = PATH.exec(path) ?? []
  return namespace !== undefined && name !== undefined ? { namespace, name } : undefined
}

/** The answer to a TokenRequest, or the status that refuses it. What `kubectl create token` asks. */
export function answerTokenRequest(
  accounts: ServiceAccounts,
  account: Account,
  request: Json | undefined,
): Json | number {
  if (request?.['kind'] !== 'TokenRequest' || request['apiVersion'] !== 'authentication.k8s.io/v1') return 400
  if (!accounts.has(account)) return 404
  const spec = (request['spec'] ?? {}) as { audiences?: string[]; expirationSeconds?: number }
  const { audiences = [], expirationSeconds = DEFAULT_SECONDS } = spec
  if (expirationSeconds < MIN_SECONDS) return 422
  const claims = accounts.claimsFor({
    ...account,
    expiresInSeconds: expirationSeconds,
    ...(audiences.length > 0 && { audiences }),
  })
  const expiresAtMs = (claims['exp'] as number) * 1000
  return {
    kind: 'TokenRequest',
    apiVersion: 'authentication.k8s.io/v1',
    metadata: { name: account.name, namespace: account.namespace, creationTimestamp: null },
    spec: { audiences: claims['aud'], expirationSeconds, boundObjectRef: null },
    status: { token: accounts.signClaims(claims), expirationTimestamp: new Date(expiresAtMs).toISOString() },
  }
}
