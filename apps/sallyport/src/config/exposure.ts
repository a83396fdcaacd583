import type { Auth } from './auth-mode.ts'
import { readVariable } from './environment.ts'
import type { Environment } from './environment.ts'
import type { Findings } from './findings.ts'
import { parseBoolean } from './parsed.ts'

const SECOND_SWITCH = 'SALLYPORT_ALLOW_INSECURE_PUBLIC_BIND'

/** Platforms that put their own ingress before whatever listens (S3-16). */
const INGRESS_HINTS: readonly (readonly [RegExp, string])[] = [
  [/^CONTAINER_APP_/, 'Azure Container Apps'],
  [/^WEBSITE_HOSTNAME$/, 'Azure App Service'],
  [/^K_SERVICE$/, 'a serverless container platform'],
  [/^KUBERNETES_SERVICE_HOST$/, 'Kubernetes'],
]

interface Exposed {
  readonly servers: readonly { readonly name: string; readonly auth: Auth }[]
  /** Of the public listener. */
  readonly address: { readonly host: string; readonly port: number }
  readonly hasSentinel: boolean
  /** The two switches for auth None. */
  readonly inFile: boolean
  readonly inEnvironment: boolean
  readonly env: Environment
}

/** The second of the two switches; the first is in the file. */
export const allowsInsecureBind = (env: Environment, problems: string[]): boolean =>
  readVariable(env, [SECOND_SWITCH], { parse: parseBoolean, problems })?.value ?? false

/** Of an address to listen on, which has no brackets: every one of 127.0.0.0/8 is this machine alone. */
export const isLoopbackAddress = (host: string): boolean =>
  host === 'localhost' || host === '::1' || /^127(?:\.\d{1,3}){3}$/.test(host)

/** Modes that ask callers for nothing, held against who can reach the listener. */
export function checkExposure(exposed: Exposed, findings: Findings): void {
  const named = (mode: Auth['mode']) => exposed.servers.filter(({ auth }) => auth.mode === mode).map(({ name }) => name)
  const isPublic = !isLoopbackAddress(exposed.address.host)
  checkNone(named('None'), { ...exposed, isPublic }, findings)
  checkGateway(named('Gateway'), { ...exposed, isPublic }, findings)
}

type Judged = Exposed & { readonly isPublic: boolean }

/** S3-08: without a proof and without a gateway, everybody who can connect is in; that is asked for twice. */
function checkNone(servers: string[], exposed: Judged, { problems, notices }: Findings): void {
  if (servers.length === 0) return
  const { host, port } = exposed.address
  if (exposed.isPublic && !(exposed.inFile && exposed.inEnvironment)) {
    const missing = [
      ...(exposed.inFile ? [] : ['allowInsecurePublicBind: true in the file']),
      ...(exposed.inEnvironment ? [] : [`${SECOND_SWITCH}=true in the environment`]),
    ]
    return void problems.push(
      `listen.public: ${host}:${port} can be reached by others, who could all call ${servers.join(', ')} (auth None); listen on 127.0.0.1, or say that you mean it with ${missing.join(' and ')}`,
    )
  }
  const who = exposed.isPublic ? `everybody who can reach ${host}:${port}` : 'everybody on this machine'
  const message = `Auth mode None: ${who} may call ${servers.join(', ')}, and nobody knows who it was`
  notices.push({ level: 'warn', code: 'auth_mode_none', message })
}

/** S3-15: a warning and no more, since only the operator knows whether the gateway can be walked around. */
function checkGateway(servers: string[], { address, isPublic, hasSentinel, env }: Judged, { notices }: Findings): void {
  if (servers.length === 0) {
    const message = 'A gateway secret is set, but no server has auth Gateway: nothing asks for it'
    if (hasSentinel) notices.push({ level: 'warn', code: 'gateway_secret_unused', message })
    return
  }
  if (!isPublic || hasSentinel) return
  const platform = INGRESS_HINTS.find(([name]) => Object.keys(env).some((variable) => name.test(variable)))?.[1]
  const ingress =
    platform === undefined ? '' : ` This is ${platform}, whose ingress may well lead here from the internet.`
  const message = `Auth mode Gateway without a sentinel: whoever reaches ${address.host}:${address.port} without passing the gateway may call ${servers.join(', ')}.${ingress} Set MCP_GATEWAY_SECRET here, and let the gateway send it.`
  notices.push({ level: 'warn', code: 'gateway_without_sentinel', message })
}
