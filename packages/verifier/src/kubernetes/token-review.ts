import { B64_TOKEN } from '../bearer.ts'
import type { Denial } from '../denial.ts'
import { VerificationFault } from '../fault.ts'
import { isJsonObject, parseStrictObject, type JsonObject } from '../jwt/strict-json.ts'
import type { KubernetesCluster } from './cluster.ts'
import type { ClusterUser } from './cluster-user.ts'
import type { KubernetesConnection } from './connection.ts'
import { post, type PostAnswer } from './post.ts'
import { printable } from './printable.ts'
import { judgeStatus } from './review-status.ts'
import { within } from './within.ts'

export type TokenReview = (accessToken: string) => Promise<ClusterUser | Denial>

const PATH = '/apis/authentication.k8s.io/v1/tokenreviews'
const MAX_BYTES = 256 * 1024
const MAX_DEPTH = 32
/** Whoever sends many different tokens shall neither flood the API server nor fill our memory. */
const MAX_REVIEWS_AT_ONCE = 200

/**
 * Asks the API server whose token this is (authentication.k8s.io/v1). That it cannot say is a fault, never a refusal: our own
 * credential, our rights and the way there are not the caller's doing.
 */
export function createTokenReview(connection: KubernetesConnection): TokenReview {
  const { cluster } = connection
  const url = new URL(cluster.server.replace(/\/$/, '') + PATH)
  let open = 0
  return async (accessToken) => {
    if (open >= MAX_REVIEWS_AT_ONCE) throw unavailable(cluster, 'too many reviews at once')
    open++
    try {
      return await review(url, accessToken, connection)
    } finally {
      open--
    }
  }
}

async function review(url: URL, accessToken: string, connection: KubernetesConnection): Promise<ClusterUser | Denial> {
  const { cluster, audience } = connection
  const quote = (text: string) => printable(text, [accessToken])
  const answer = await ask(url, { token: accessToken, audiences: [audience] }, cluster)
  if (answer.status !== 201 && answer.status !== 200) throw notReviewed(cluster, answer, quote)
  const { kind, status } = parseStrictObject(answer.body, MAX_DEPTH) ?? {}
  if (kind !== 'TokenReview' || !isJsonObject(status)) throw unavailable(cluster, 'the answer is not a TokenReview')
  try {
    return judgeStatus(status, connection, quote)
  } catch (cause) {
    throw unavailable(cluster, 'the answer cannot be read', { cause })
  }
}

async function ask(url: URL, spec: JsonObject, cluster: KubernetesCluster): Promise<PostAnswer> {
  const body = JSON.stringify({ apiVersion: 'authentication.k8s.io/v1', kind: 'TokenReview', spec })
  try {
    return await within(cluster.timeoutSeconds ?? 10, async (signal) => {
      const [credential, ca] = await Promise.all([readCredential(cluster), readAuthority(cluster)])
      const headers = {
        authorization: `Bearer ${credential}`,
        accept: 'application/json',
        'content-type': 'application/json',
      }
      return post(url, body, { headers, ca, maxBytes: MAX_BYTES, signal })
    })
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : 'unknown'
    throw unavailable(cluster, `the API server could not be asked: ${printable(why)}`, { cause })
  }
}

async function readCredential({ credential }: KubernetesCluster): Promise<string> {
  const own = await credential()
  if (typeof own !== 'string' || !B64_TOKEN.test(own)) throw new Error('our own credential is not a bearer token')
  return own
}

/** An empty file would mean Node's own roots, which any public authority can sign for. */
async function readAuthority({ ca }: KubernetesCluster): Promise<string | undefined> {
  if (ca === undefined) return undefined
  const pem = await ca()
  if (typeof pem !== 'string' || !pem.includes('-----BEGIN')) throw new Error('the CA is not PEM')
  return pem
}

function notReviewed(cluster: KubernetesCluster, answer: PostAnswer, quote: (text: string) => string) {
  const { status, retryAfter = '' } = answer
  const message = parseStrictObject(answer.body, MAX_DEPTH)?.['message']
  const said = typeof message === 'string' ? ` (${quote(message)})` : ''
  const retryAfterSeconds = /^\d{1,3}$/.test(retryAfter) ? Number(retryAfter) : 5
  return unavailable(cluster, `the API server answered ${status}: ${REASONS[status] ?? 'no review'}${said}`, {
    retryAfterSeconds,
  })
}

const REASONS: Readonly<Record<number, string>> = {
  401: 'our own credential is not accepted there',
  403: 'we may not create tokenreviews.authentication.k8s.io; bind our user to the ClusterRole system:auth-delegator',
}

const unavailable = (
  { name }: KubernetesCluster,
  why: string,
  options?: ConstructorParameters<typeof VerificationFault>[2],
) => new VerificationFault('review_unavailable', `No TokenReview from cluster ${name}: ${why}`, options)
