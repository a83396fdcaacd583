import { Option } from 'commander'
import type { Command } from 'commander'
import { VERIFY_MODES } from '../config/kubernetes-section.ts'
import type { KindOptions, SharedOptions } from './connection-options.ts'
import { CommandFailed } from './terminal.ts'

interface KubernetesOptions extends SharedOptions {
  readonly cluster?: string
  readonly verify?: string
  readonly clusterIssuer?: string
  readonly acceptUsers?: true
}

export const KUBERNETES_OPTIONS: KindOptions = { kind: 'kubernetes', addTo, toInput }

function addTo(command: Command): Command {
  return command
    .option('--kubernetes', 'workloads of a Kubernetes cluster, by their service account')
    .option('--cluster <name>', 'one of clusters in sallyport.yaml; in-cluster is the one we run in')
    .addOption(new Option('--verify <how>', 'auto, unless set: oidc with --cluster-issuer').choices(VERIFY_MODES))
    .option('--cluster-issuer <url>', "issuer of the cluster's tokens, whose keys then verify them")
    .option('--accept-users', "take the cluster's users too, not its service accounts only")
}

function toInput(options: KubernetesOptions): object {
  const { cluster, audience, scope, allowedClient, verify, clusterIssuer, acceptUsers } = options
  if (cluster === undefined) throw new CommandFailed('--kubernetes needs --cluster')
  if (allowedClient) throw new CommandFailed('--allowed-client has no meaning with --kubernetes')
  return {
    kind: 'kubernetes',
    cluster,
    audience,
    ...(scope !== undefined && { requiredScope: scope }),
    verify,
    issuer: clusterIssuer,
    acceptUsers,
  }
}
