import {
  cachedSource,
  createEntraVerifier,
  type EntraClouds,
  type RequireBearer,
  remoteSource,
  requireBearer,
  type VerifiedToken,
} from '@sallyport/verifier'
import { type FindingsApp, PROTECTED_RESOURCE_METADATA, startApp } from './app.ts'

export interface FindingsOptions {
  /** 0 picks a free one. */
  readonly port: number
  readonly host?: string
  /** Hostnames that `Host` and `Origin` may name; those of loopback unless told. */
  readonly allowedHosts?: readonly string[]
  readonly dataDir: string
  readonly auth: {
    /** Sallyport's admin address, which serves `GET /v2/entra/config/{audience}`. */
    readonly connectionsUrl: string
    readonly clouds: EntraClouds
    /** Audiences of this server. Given, no other one is even looked up. */
    readonly allowedAudiences?: readonly string[]
  }
  /** Milliseconds since the epoch. */
  readonly now?: () => number
  readonly log?: (line: string) => void
}

const LOOPBACK = ['127.0.0.1', 'localhost', '[::1]']

export async function startFindings(options: FindingsOptions): Promise<FindingsApp> {
  const { host = '127.0.0.1', now = Date.now, log = () => {} } = options
  return startApp({
    port: options.port,
    host,
    allowedHosts: options.allowedHosts ?? LOOPBACK,
    dataDir: options.dataDir,
    authenticate: authenticateWith(options.auth, now, log),
    now,
    log,
  })
}

/** The whole of what embedding the verifier takes. */
function authenticateWith(auth: FindingsOptions['auth'], now: () => number, log: (line: string) => void) {
  const { connectionsUrl: url, clouds, allowedAudiences } = auth
  const connections = cachedSource(remoteSource({ url, ...(allowedAudiences && { allowedAudiences }) }), { now })
  const verifier = createEntraVerifier({ connections, clouds, now })
  return (publicUrl: string): RequireBearer =>
    requireBearer({
      verifier,
      resourceMetadataUrl: new URL(PROTECTED_RESOURCE_METADATA, publicUrl).href,
      onDenial: ({ denied }) => log(`refused: ${denied.code}`),
      onFault: (fault) => log(`could not verify: ${fault instanceof Error ? fault.message : 'unknown error'}`),
    })
}
