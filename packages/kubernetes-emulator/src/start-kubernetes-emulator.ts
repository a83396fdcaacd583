import { createServer } from 'node:http'
import type { IncomingMessage, RequestListener, Server, ServerResponse } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { fail, send } from './answer.ts'
import type { Failure } from './answer.ts'
import { parse } from './json.ts'
import type { Json } from './json.ts'
import { createServiceAccounts } from './service-accounts.ts'
import type { Account, TokenOptions } from './service-accounts.ts'
import { accountOfPath, answerTokenRequest } from './token-request.ts'

export interface KubernetesEmulatorOptions {
  /** A free one unless told. It listens on this machine only. */
  readonly port?: number
  /** Milliseconds since the epoch. */
  readonly now?: () => number
  /** PEM; without it, plain HTTP. */
  readonly tls?: { readonly key: string; readonly cert: string }
  readonly accounts?: readonly Account[]
  /** What whoever sends TokenReviews must present. */
  readonly reviewer?: string
  /** What whoever asks for tokens must present; without it nobody gets one over HTTP. */
  readonly admin?: string
}

/** A TokenReview that arrived, whatever became of it. */
export interface ReceivedReview {
  readonly reviewer: string | undefined
  readonly token: unknown
  readonly audiences: unknown
}

const REVIEWS = '/apis/authentication.k8s.io/v1/tokenreviews'
const DISCOVERY = '/.well-known/openid-configuration'
const KEYS = '/openid/v1/jwks'
/** Requests and reviews that are remembered. */
const MAX_REMEMBERED = 10_000
const MAX_BODY = 1024 * 1024

/**
 * An API server that answers TokenReviews as a real one does (v1.20), with service accounts, keys and an issuer of its own.
 * A real one goes on knowing a deleted account for ten seconds; this one forgets it at once.
 */
export async function startKubernetesEmulator(options: KubernetesEmulatorOptions = {}) {
  const { port = 0, now = Date.now, tls, admin } = options
  let { reviewer = 'reviewer-credential-1' } = options
  const reviews: ReceivedReview[] = []
  const requests: string[] = []
  const failures: Record<'reviews' | 'discovery', Failure | undefined> = { reviews: undefined, discovery: undefined }
  let verdict: Json | undefined

  const server = await listen(port, tls, (req, res) => {
    remember(requests, `${req.method} ${req.url}`)
    receive(req, res).catch((error: unknown) => res.destroy(error as Error))
  })
  const url = `${tls ? 'https' : 'http'}://127.0.0.1:${(server.address() as AddressInfo).port}`
  const issuer = url
  const accounts = await createServiceAccounts(issuer, now)
  options.accounts?.forEach(accounts.add)

  async function receive(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const body = parse(await readAll(req))
    const account = req.method === 'POST' ? accountOfPath(req.url!) : undefined
    if (account) return answerAdmin(req, res, () => answerTokenRequest(accounts, account, body))
    if (req.url === REVIEWS && req.method === 'POST') return answerReview(req, res, body)
    if (req.url !== DISCOVERY && req.url !== KEYS) return fail(res, 404)
    if (failures.discovery !== undefined) return fail(res, failures.discovery)
    if (req.url === KEYS) return send(res, 200, { keys: [accounts.jwk] })
    return send(res, 200, { issuer, jwks_uri: url + KEYS, response_types_supported: ['id_token'] })
  }

  function answerAdmin(req: IncomingMessage, res: ServerResponse, answerOf: () => Json | number): void {
    if (admin === undefined || presented(req) !== admin) return fail(res, 401)
    const answer = answerOf()
    if (typeof answer === 'number') return fail(res, answer)
    send(res, 201, answer)
  }

  function answerReview(req: IncomingMessage, res: ServerResponse, review: Json | undefined): void {
    const spec = (review?.['spec'] ?? {}) as Json
    const { token, audiences } = spec
    remember(reviews, { reviewer: presented(req), token, audiences })
    if (failures.reviews !== undefined) return fail(res, failures.reviews)
    if (presented(req) !== reviewer) return fail(res, 401)
    if (review?.['kind'] !== 'TokenReview' || review['apiVersion'] !== 'authentication.k8s.io/v1') return fail(res, 400)
    if (typeof token !== 'string' || token === '') return fail(res, 400)
    const asked = Array.isArray(audiences) && audiences.length > 0 ? (audiences as string[]) : [issuer]
    const status = verdict ?? accounts.authenticate(token, asked)
    const { apiVersion, kind } = review
    send(res, 201, { kind, apiVersion, metadata: METADATA, spec, status })
  }

  async function close(): Promise<void> {
    const closed = new Promise((resolve) => server.close(resolve))
    server.closeAllConnections()
    await closed
  }

  return {
    url,
    issuer,
    keysUrl: url + KEYS,
    /** The TokenReviews that arrived, in order. */
    reviews,
    /** The requests, as `GET /path`. */
    requests,
    /** What a reviewer must present now. */
    reviewer: () => reviewer,
    rotateReviewer: (credential: string): void => void (reviewer = credential),
    /** Makes the account when there is none of this name. */
    issueToken: (asked: TokenOptions): string => accounts.signClaims(accounts.claimsFor(asked)),
    /** The claims of such a token, for `signClaims` when a test changes them. */
    claimsFor: accounts.claimsFor,
    signClaims: accounts.signClaims,
    issueOpaque: accounts.issueOpaque,
    /** A new account of the same name has another uid, so tokens of the old one stay refused. */
    deleteAccount: (account: Account): void => accounts.delete(account),
    /** From now on; `undefined` heals it. */
    failWith: (failure: Failure | undefined, where: 'reviews' | 'discovery' = 'reviews'): void =>
      void (failures[where] = failure),
    /** Gives this `status` whatever is asked, as an API server of another make might; `undefined` ends it. */
    answerWith: (status: Json | undefined): void => void (verdict = status),
    close,
    [Symbol.asyncDispose]: close,
  }
}

export type KubernetesEmulator = Awaited<ReturnType<typeof startKubernetesEmulator>>

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

function listen(port: number, tls: KubernetesEmulatorOptions['tls'], listener: RequestListener): Promise<Server> {
  const server: Server = tls ? createTlsServer(tls, listener) : createServer(listener)
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', () => resolve(server))
  })
}

const presented = (req: IncomingMessage) => req.headers.authorization?.replace(/^Bearer /, '')

function remember<Item>(list: Item[], item: Item): void {
  list.push(item)
  if (list.length > MAX_REMEMBERED) list.shift()
}

async function readAll(req: IncomingMessage): Promise<string> {
  let body = ''
  for await (const chunk of req.setEncoding('utf8')) {
    body += chunk
    if (body.length > MAX_BODY) throw new RangeError('The request is too large')
  }
  return body
}
