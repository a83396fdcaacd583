import { generateKeyPair, randomBytes, randomUUID, sign, verify } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { promisify } from 'node:util'

/** It imports nothing of ours, so that a verifier and its test never share a mistake. */

export interface FakeKubernetesOptions {
  /** Milliseconds since the epoch. */
  readonly now?: () => number
  /** PEM; without it, plain HTTP. */
  readonly tls?: { readonly key: string; readonly cert: string }
}

export interface Account {
  readonly namespace: string
  readonly name: string
}

export interface TokenRequest extends Account {
  /** The API server's own unless told. */
  readonly audiences?: readonly string[]
  readonly expiresInSeconds?: number
}

export interface OpaqueUser {
  readonly username: string
  readonly uid?: string
  readonly groups?: readonly string[]
  /** Those of the API server unless told: authenticators for opaque tokens mostly know no others. */
  readonly audiences?: readonly string[]
}

/** A TokenReview that arrived, whatever became of it. */
export interface ReceivedReview {
  readonly reviewer: string | undefined
  readonly token: unknown
  readonly audiences: unknown
}

/** A status with a Kubernetes `Status` body, silence, an end of the connection, or an answer word for word. */
export type Failure =
  number | 'hang' | 'disconnect' | { status: number; headers?: Record<string, string>; body: string }

type Json = Record<string, unknown>

const REVIEWS = '/apis/authentication.k8s.io/v1/tokenreviews'
const DISCOVERY = '/.well-known/openid-configuration'
const KEYS = '/openid/v1/jwks'

const generate = promisify(generateKeyPair)

/**
 * An API server that answers TokenReviews as a real one does (v1.20), with service accounts, keys and an issuer of its own.
 * A real one goes on knowing a deleted account for ten seconds; this one forgets it at once.
 */
export async function startFakeKubernetes({ now = Date.now, tls }: FakeKubernetesOptions = {}) {
  const { publicKey, privateKey } = await generate('rsa', { modulusLength: 2048 })
  const kid = randomBytes(8).toString('hex')
  const accounts = new Map<string, string>()
  const opaque = new Map<string, OpaqueUser>()
  const reviews: ReceivedReview[] = []
  const requests: string[] = []
  const failures: { reviews: Failure | undefined; discovery: Failure | undefined } = {
    reviews: undefined,
    discovery: undefined,
  }
  let reviewer = 'reviewer-credential-1'
  let verdict: Json | undefined

  const listener = (req: IncomingMessage, res: ServerResponse) => {
    requests.push(`${req.method} ${req.url}`)
    receive(req, res).catch((error: unknown) => res.destroy(error as Error))
  }
  const server = tls ? createTlsServer(tls, listener) : createServer(listener)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `${tls ? 'https' : 'http'}://127.0.0.1:${(server.address() as AddressInfo).port}`
  const issuer = url

  async function receive(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const [body, path] = [await readAll(req), req.url]
    if (path === REVIEWS && req.method === 'POST') return answerReview(req, res, body)
    if (path !== DISCOVERY && path !== KEYS) return fail(res, 404)
    if (failures.discovery !== undefined) return fail(res, failures.discovery)
    if (path === DISCOVERY)
      return send(res, 200, { issuer, jwks_uri: url + KEYS, response_types_supported: ['id_token'] })
    const jwk = { ...publicKey.export({ format: 'jwk' }), kid, use: 'sig', alg: 'RS256' }
    return send(res, 200, { keys: [jwk] })
  }

  function answerReview(req: IncomingMessage, res: ServerResponse, body: string): void {
    const review = parse(body)
    const spec = (review?.['spec'] ?? {}) as Json
    const { token, audiences } = spec
    const presented = req.headers.authorization?.replace(/^Bearer /, '')
    reviews.push({ reviewer: presented, token, audiences })
    if (failures.reviews !== undefined) return fail(res, failures.reviews)
    if (presented !== reviewer) return fail(res, 401)
    if (review?.['kind'] !== 'TokenReview' || review['apiVersion'] !== 'authentication.k8s.io/v1') return fail(res, 400)
    if (typeof token !== 'string' || token === '') return fail(res, 400)
    const asked = Array.isArray(audiences) && audiences.length > 0 ? (audiences as string[]) : [issuer]
    const status = verdict ?? authenticate(token, asked)
    const { apiVersion, kind } = review
    send(res, 201, { kind, apiVersion, metadata: METADATA, spec, status })
  }

  function authenticate(token: string, asked: readonly string[]): Json {
    const user = opaque.get(token) ?? userOfJwt(token)
    if (typeof user === 'string') return { user: {}, error: `[invalid bearer token, ${user}]` }
    const { audiences: valid = [issuer], ...shown } = user
    const audiences = asked.filter((audience) => valid.includes(audience))
    if (audiences.length === 0) {
      const error = `[invalid bearer token, token audiences ${JSON.stringify(valid)} is invalid for the target audiences]`
      return { user: {}, error }
    }
    return { authenticated: true, user: shown, audiences }
  }

  function userOfJwt(token: string): OpaqueUser | string {
    const [header = '', payload = '', signature = ''] = token.split('.')
    const signed = Buffer.from(`${header}.${payload}`)
    const claims = decode(payload)
    if (decode(header)?.['alg'] !== 'RS256' || !claims || claims['iss'] !== issuer) return 'Token has been invalidated'
    if (!verify('sha256', signed, publicKey, Buffer.from(signature, 'base64url'))) return 'invalid signature'
    if (typeof claims['exp'] === 'number' && now() / 1000 >= claims['exp']) return 'service account token has expired'
    const bound = (claims['kubernetes.io'] ?? {}) as {
      namespace?: string
      serviceaccount?: { name?: string; uid?: string }
    }
    const { namespace, serviceaccount: { name, uid } = {} } = bound
    if (!uid || accounts.get(`${namespace}:${name}`) !== uid) return 'service account has been deleted'
    return {
      username: `system:serviceaccount:${namespace}:${name}`,
      uid,
      groups: ['system:serviceaccounts', `system:serviceaccounts:${namespace}`, 'system:authenticated'],
      audiences: [claims['aud'] as string | string[]].flat(),
    }
  }

  function signClaims(claims: Json, header: Json = {}): string {
    const input = [{ alg: 'RS256', kid, ...header }, claims].map(encode).join('.')
    return `${input}.${sign('sha256', Buffer.from(input), privateKey).toString('base64url')}`
  }

  function claimsFor({ namespace, name, audiences = [issuer], expiresInSeconds = 3600 }: TokenRequest): Json {
    const account = `${namespace}:${name}`
    const uid = accounts.get(account) ?? randomUUID()
    accounts.set(account, uid)
    const iat = Math.floor(now() / 1000)
    return {
      aud: audiences,
      exp: iat + expiresInSeconds,
      iat,
      iss: issuer,
      jti: randomUUID(),
      'kubernetes.io': { namespace, serviceaccount: { name, uid } },
      nbf: iat,
      sub: `system:serviceaccount:${account}`,
    }
  }

  return {
    url,
    issuer,
    keysUrl: url + KEYS,
    /** Every TokenReview that arrived, in order. */
    reviews,
    /** Every request, as `GET /path`. */
    requests,
    /** What a reviewer must present now. */
    reviewer: () => reviewer,
    rotateReviewer: (credential: string): void => void (reviewer = credential),
    /** Makes the account when there is none of this name. */
    issueToken: (request: TokenRequest): string => signClaims(claimsFor(request)),
    /** The claims of such a token, for `signClaims` when a test changes them. */
    claimsFor,
    signClaims,
    issueOpaque(user: OpaqueUser): string {
      const token = `sha256~${randomBytes(32).toString('base64url')}`
      opaque.set(token, user)
      return token
    },
    /** A new account of the same name has another uid, so tokens of the old one stay refused. */
    deleteAccount: ({ namespace, name }: Account): void => void accounts.delete(`${namespace}:${name}`),
    /** From now on; `undefined` heals it. */
    failWith: (failure: Failure | undefined, where: 'reviews' | 'discovery' = 'reviews'): void =>
      void (failures[where] = failure),
    /** Gives this `status` whatever is asked, as an API server of another make might; `undefined` ends it. */
    answerWith: (status: Json | undefined): void => void (verdict = status),
    async [Symbol.asyncDispose]() {
      const closed = new Promise((resolve) => server.close(resolve))
      server.closeAllConnections()
      await closed
    },
  }
}

export type FakeKubernetes = Awaited<ReturnType<typeof startFakeKubernetes>>

/** As the answer of a real one carries it; it is deeper than anything a reader looks for. */
const METADATA = {
  creationTimestamp: null,
  managedFields: [
    {
      manager: 'node',
      operation: 'Update',
      apiVersion: 'authentication.k8s.io/v1',
      fieldsType: 'FieldsV1',
      fieldsV1: { 'f:spec': { 'f:audiences': {}, 'f:token': {} } },
    },
  ],
}

const MESSAGES: Readonly<Record<number, [reason: string, message: string]>> = {
  400: ['BadRequest', 'the request is not a TokenReview'],
  401: ['Unauthorized', 'Unauthorized'],
  403: [
    'Forbidden',
    'tokenreviews.authentication.k8s.io is forbidden: User "system:serviceaccount:sallyport:gate" cannot create resource ' +
      '"tokenreviews" in API group "authentication.k8s.io" at the cluster scope',
  ],
  404: ['NotFound', 'the server could not find the requested resource'],
}

function fail(res: ServerResponse, failure: Failure): void {
  if (failure === 'hang') return
  if (failure === 'disconnect') return void res.destroy()
  if (typeof failure === 'object') return void res.writeHead(failure.status, failure.headers).end(failure.body)
  const [reason, message] = MESSAGES[failure] ?? ['InternalError', 'an error on the server has prevented the request']
  send(res, failure, {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message,
    reason,
    code: failure,
  })
}

const send = (res: ServerResponse, status: number, body: unknown): void =>
  void res.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))

async function readAll(req: IncomingMessage): Promise<string> {
  let body = ''
  for await (const chunk of req.setEncoding('utf8')) body += chunk
  return body
}

const encode = (part: unknown): string => Buffer.from(JSON.stringify(part)).toString('base64url')
const decode = (part: string): Json | undefined => parse(Buffer.from(part, 'base64url').toString())

function parse(text: string): Json | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? (value as Json) : undefined
  } catch {
    return undefined
  }
}
