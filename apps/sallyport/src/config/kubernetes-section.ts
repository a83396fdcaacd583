import { resolve } from 'node:path'
import type { KubernetesConnection } from '@sallyport/verifier'
import { z } from 'zod'
import type { Auth } from './auth-mode.ts'
import { IN_CLUSTER } from './clusters-section.ts'
import type { Cluster } from './clusters-section.ts'
import type { Findings, Notice } from './findings.ts'
import { isSecureUrl } from '../http/loopback.ts'
import { name } from './setting-types.ts'

export const VERIFY_MODES = [
  'auto',
  'oidc',
  'tokenreview',
  'both',
] as const satisfies readonly KubernetesConnection['verify'][]

/** Settings as kubernetes-mcp-server has them, for one organisation that has no teamspaces. */
export const kubernetesSection = z
  .strictObject({
    requireOauth: z
      .boolean()
      .describe('true: servers take tokens of the cluster. false: they take no credential at all.'),
    authorizationUrl: z.string().max(512).optional().describe('Issuer that verifies tokens instead of TokenReview.'),
    serverUrl: z
      .string()
      .max(512)
      .optional()
      .describe('Public URL of the server: the audience, unless oauthAudience is set.'),
    oauthAudience: z
      .string()
      .regex(/^[\x21-\x7e]{1,512}$/, { error: 'must be one word of printable ASCII' })
      .optional()
      .describe('What tokens must be for. serverUrl, or the public URL of the default server, unless set.'),
    verify: z.enum(VERIFY_MODES).default('auto').describe('auto: oidc with an authorizationUrl, else tokenreview.'),
    cluster: name.optional().describe('One of clusters; the one we run in, or the only one, unless set.'),
    certificateAuthority: z.string().min(1).optional().describe('PEM file with the authority of authorizationUrl.'),
  })
  .superRefine((section, context) => {
    const problem = (message: string, ...path: string[]) => context.addIssue({ code: 'custom', path, message })
    const { requireOauth, authorizationUrl, serverUrl, verify, certificateAuthority } = section
    if (!requireOauth && (authorizationUrl !== undefined || serverUrl !== undefined)) {
      return problem('authorization-url and server-url are only valid if require-oauth is enabled')
    }
    for (const [setting, flag] of URL_SETTINGS) {
      const wrong = section[setting] === undefined ? undefined : urlProblem(flag, section[setting])
      if (wrong !== undefined) problem(wrong, setting)
    }
    if (authorizationUrl === undefined && (verify === 'oidc' || verify === 'both')) {
      problem(`${verify} needs an authorizationUrl`, 'verify')
    }
    if (authorizationUrl === undefined && certificateAuthority !== undefined) {
      problem('is for authorizationUrl, which is not set', 'certificateAuthority')
    }
  })
  .describe('For one organisation: settings as kubernetes-mcp-server has them.')

type KubernetesSection = z.output<typeof kubernetesSection>

const URL_SETTINGS = [
  ['authorizationUrl', 'authorization-url'],
  ['serverUrl', 'server-url'],
] as const

function urlProblem(flag: string, text: string): string | undefined {
  if (!/^[\x21-\x7e]+$/.test(text) || !URL.canParse(text)) return `${flag} must be a valid URL`
  const url = new URL(text)
  if (!isSecureUrl(url)) {
    return `${flag} must start with https:// (http:// is allowed on loopback only)`
  }
  const { search, hash, username, password } = url
  return search + hash + username + password === ''
    ? undefined
    : `${flag} must have no user information, query or fragment`
}

/** The connection that the section stands for, which the default teamspace is given at start. */
export interface DeclaredKubernetes {
  readonly cluster: string
  readonly audience: string
  readonly verify: KubernetesSection['verify']
  readonly issuer?: string
  /** A file. */
  readonly certificateAuthority?: string
}

interface Context {
  readonly publicUrl: string
  /** Path of the default server. */
  readonly path: string
  /** Slug of the teamspace that is given the connection. */
  readonly teamspace: string
  readonly clusters: ReadonlyMap<string, Cluster>
  readonly servers: readonly { readonly auth: Auth }[]
  /** Where the file is. */
  readonly folder: string
}

/** The connection, or nothing, with what is wrong in words for the operator. */
export function resolveKubernetes(
  section: KubernetesSection | undefined,
  { publicUrl, path, teamspace, clusters, servers, folder }: Context,
  { problems, notices }: Findings,
): DeclaredKubernetes | undefined {
  if (!section?.requireOauth) return undefined
  const problem = (message: string) => void problems.push(message)
  notices.push(...insecureUrls(section))
  if (!servers.some(({ auth }) => auth.mode === 'credential' && auth.accept.has('kubernetes'))) {
    return problem('kubernetes: require-oauth is enabled, but auth says that no server takes Kubernetes')
  }
  const { authorizationUrl, serverUrl, oauthAudience, verify, certificateAuthority } = section
  if (serverUrl !== undefined && new URL(serverUrl).origin !== publicUrl) {
    return problem(`kubernetes.serverUrl: server-url must be an address below publicUrl, ${publicUrl}`)
  }
  const cluster = chooseCluster(section.cluster, clusters)
  if (cluster === undefined) {
    const names = [...clusters.keys()].join(', ')
    const known = names === '' ? 'clusters has none, and this is no pod of a cluster' : `clusters has ${names}`
    return problem(`kubernetes.cluster: must name one of clusters (${known})`)
  }
  if (clusters.get(cluster)!.teamspaces?.includes(teamspace) === false) {
    return problem(`clusters.${cluster}.teamspaces: must list ${teamspace}, which kubernetes connects to it`)
  }
  return {
    cluster,
    // Not a constant, which any token for any other such gateway would carry (D-12).
    audience: oauthAudience ?? serverUrl ?? `${publicUrl}${path}`,
    verify,
    ...(authorizationUrl !== undefined && { issuer: authorizationUrl }),
    ...(certificateAuthority !== undefined && { certificateAuthority: resolve(folder, certificateAuthority) }),
  }
}

function chooseCluster(asked: string | undefined, clusters: ReadonlyMap<string, Cluster>): string | undefined {
  if (asked !== undefined) return clusters.has(asked) ? asked : undefined
  if (clusters.has(IN_CLUSTER)) return IN_CLUSTER
  return clusters.size === 1 ? [...clusters.keys()][0] : undefined
}

function insecureUrls(section: KubernetesSection): Notice[] {
  return URL_SETTINGS.filter(([setting]) => section[setting]?.startsWith('http://')).map(([, flag]) => ({
    level: 'warn',
    code: `${flag.replace('-', '_')}_http`,
    message: `${flag} is using http://, this is not recommended production use`,
  }))
}
