import {
  cachedSource,
  createVerifier,
  type EntraClouds,
  type McpTokenRecord,
  type McpTokenSource,
  type OidcConnection,
  remoteSource,
  type RequireBearer,
  requireBearer,
  type Verifier,
} from '@sallyport/verifier'
import { type FindingsApp, PROTECTED_RESOURCE_METADATA, startApp } from './app.ts'

/** Who is let in. Each part alone is enough; with none there would be nobody, and the server does not start. */
export interface FindingsAuth {
  /** Entra: Sallyport's admin address, which serves `GET /v2/entra/config/{audience}`. */
  readonly connectionsUrl?: string
  readonly clouds?: EntraClouds
  /** Audiences of this server. Given, no other one is even looked up. */
  readonly allowedAudiences?: readonly string[]
  /** Any other OpenID Connect issuers. */
  readonly oidc?: readonly OidcConnection[]
  /** `mcpt_` tokens: those of `createMcpTokenStore`, or of whoever else keeps their hashes. */
  readonly tokens?: McpTokenSource & { noteUse?(record: McpTokenRecord): unknown }
}

export interface FindingsOptions {
  /** 0 picks a free one. */
  readonly port: number
  readonly host?: string
  /** Hostnames that `Host` and `Origin` may name; those of loopback unless told. */
  readonly allowedHosts?: readonly string[]
  readonly dataDir: string
  readonly auth: FindingsAuth
  /** Milliseconds since the epoch. */
  readonly now?: () => number
  readonly log?: (line: string) => void
}

const LOOPBACK = ['127.0.0.1', 'localhost', '[::1]']

export async function startFindings(options: FindingsOptions): Promise<FindingsApp> {
  const { auth, host = '127.0.0.1', now = Date.now, log = () => {} } = options
  const verifier = verifierOf(auth, now)
  const canSignIn = auth.connectionsUrl !== undefined || auth.oidc !== undefined
  return startApp({
    port: options.port,
    host,
    allowedHosts: options.allowedHosts ?? LOOPBACK,
    dataDir: options.dataDir,
    authorizationServers: [...new Set(auth.oidc?.map(({ issuer }) => issuer))],
    authenticate: (url) => bearerOf(verifier, canSignIn ? metadataOf(url) : {}, log),
    now,
    log,
  })
}

/** The whole of what embedding the verifier takes. */
function verifierOf({ connectionsUrl: url, clouds, allowedAudiences, oidc, tokens }: FindingsAuth, now: () => number) {
  const source = url !== undefined && remoteSource({ url, ...(allowedAudiences && { allowedAudiences }) })
  return createVerifier({
    ...(source && { entra: { connections: cachedSource(source, { now }), ...(clouds && { clouds }) } }),
    ...(oidc && { oidc: { connections: oidc } }),
    ...(tokens && { tokens: { tokens, onUse: (record) => tokens.noteUse?.(record) } }),
    now,
  })
}

/** Whoever can only be given a token is not sent to look for a sign-in (S4-27). */
const metadataOf = (publicUrl: string) => ({
  resourceMetadataUrl: new URL(PROTECTED_RESOURCE_METADATA, publicUrl).href,
})

const bearerOf = (
  verifier: Verifier,
  metadata: { resourceMetadataUrl?: string },
  log: (line: string) => void,
): RequireBearer =>
  requireBearer({
    verifier,
    ...metadata,
    onDenial: ({ denied }) => log(`refused: ${denied.code}`),
    onFault: (fault) => log(`could not verify: ${fault instanceof Error ? fault.message : 'unknown error'}`),
  })
