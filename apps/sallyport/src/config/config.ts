import type { EntraClouds } from '@sallyport/verifier'
import type { Auth } from './auth-mode.ts'
import type { AzureAd } from './azure-ad.ts'
import type { Cluster } from './clusters-section.ts'
import type { ConsoleConfig } from './console.ts'
import type { Notice } from './findings.ts'
import type { GatewayConfig } from './gateway.ts'
import type { DeclaredKubernetes } from './kubernetes-section.ts'
import type { ConfigFile } from './schema.ts'
import type { Rate } from '../limits/rate.ts'
import type { ToolClasses } from '../tools/tool-class-for.ts'

export interface ListenAddress {
  readonly host: string
  readonly port: number
}

export type Outbound =
  | { readonly kind: 'entra-obo' }
  | { readonly kind: 'static'; readonly header: string; readonly value: string }
  | SignedIdentityOutbound
  | { readonly kind: 'none' }

export interface SignedIdentityOutbound {
  readonly kind: 'signed-identity'
  readonly audience: string
  readonly header: string
}

export interface ServerConfig {
  readonly name: string
  readonly path: string
  readonly upstream: URL
  readonly auth: Auth
  readonly outbound: Outbound
  readonly roles?: readonly string[] | undefined
  /** App roles of Entra tokens, one of which is needed. */
  readonly appRoles?: readonly string[] | undefined
  /** What `azureAd` asks of its people where the server itself asks for nothing. */
  readonly entraAppRoles?: readonly string[] | undefined
  readonly scopes: readonly string[]
  readonly resourcePath: string
  readonly forwardHeaders: readonly string[]
  /** By tool name, in which `*` stands for anything. */
  readonly toolRates: Readonly<Record<string, Rate>>
  /** What the operator says of tools, whatever the server says. */
  readonly toolClasses?: ToolClasses | undefined
}

export interface Config extends Omit<
  ConfigFile,
  | 'listen'
  | 'servers'
  | 'clouds'
  | 'clusters'
  | 'kubernetes'
  | 'database'
  | 'keyFile'
  | 'defaultServer'
  | 'auth'
  | 'azureAd'
  | 'gateway'
  | 'console'
> {
  readonly listen: { readonly public: ListenAddress; readonly admin: ListenAddress }
  readonly servers: readonly ServerConfig[]
  readonly defaultServer: string
  /** Declared by the operator, beside those that teamspaces have in the database. */
  readonly azureAd: AzureAd | undefined
  readonly gateway: GatewayConfig
  readonly console: ConsoleConfig
  /** The environment asks for Entra tokens, so that it is a mistake if there is no connection to judge them by. */
  readonly entraIsStated: boolean
  /** What operators should know at start. */
  readonly notices: readonly Notice[]
  /** Entra clouds of the operator's own, beside Microsoft's. */
  readonly clouds: EntraClouds
  /** By name, the one we run in included. */
  readonly clusters: ReadonlyMap<string, Cluster>
  /** The connection that the default teamspace is given at start. */
  readonly kubernetes: DeclaredKubernetes | undefined
  /** `sqlite:PATH` with an absolute path, or a `postgres://` URL. */
  readonly database: string
  readonly sealingKey: Uint8Array
  /** Opens the admin API; made anew at each start when undefined (SQLite keeps it for the CLI). */
  readonly operatorToken?: string
  /** Opens `GET /metrics` of the admin listener, beside the operator token. */
  readonly metricsToken?: string
}

/** The address of the default server, which is also the audience of tokens for it (RFC 8707 §2). */
export function defaultResourceOf({ publicUrl, servers, defaultServer }: Config): string {
  return `${publicUrl}${servers.find(({ name }) => name === defaultServer)!.path}`
}
