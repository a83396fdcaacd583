import { ENTRA_CLOUDS } from '@sallyport/verifier'
import type { EntraClouds, Verifier } from '@sallyport/verifier'
import type { Config } from '../config/config.ts'
import { createIssuerFetch } from '../connections/issuer-fetch.ts'
import { kubernetesRules } from '../connections/kubernetes-record.ts'
import type { KubernetesRules } from '../connections/kubernetes-record.ts'
import { createOnBehalfOf } from '../exchange/entra-obo.ts'
import type { OnBehalfOf } from '../exchange/entra-obo.ts'
import type { Admission } from '../gate/steps/admit.ts'
import { createGroups } from '../groups/groups.ts'
import type { Groups } from '../groups/groups.ts'
import { createJustInTime } from '../members/just-in-time.ts'
import { createAdmission } from './admission.ts'
import type { Change } from '../store/change-feed.ts'
import { createKubernetesDoor } from './kubernetes-door.ts'
import { createOuterVerifier } from './outer-door.ts'
import type { SharedParts } from './shared-parts.ts'

/** What proves callers and what is asked for in their name: all that remembers something of connections. */
export interface Doors {
  /** Microsoft's, and those of the configuration. */
  readonly clouds: EntraClouds
  readonly clusterRules: KubernetesRules
  /** Asks issuers that teamspaces name. */
  readonly issuerFetch: typeof fetch
  readonly verifier: Verifier
  readonly admission: Admission
  readonly onBehalfOf: OnBehalfOf
  readonly groups: Groups
  /** Stops listening to changes. */
  unsubscribe(): void
}

/** Changes that only their own look-ups have to hear of. */
const REMEMBERED_ELSEWHERE: ReadonlySet<Change['kind']> = new Set([
  'mcp_token',
  'policy',
  'tools',
  'scim',
  'group_sync',
])

export function composeDoors(config: Config, shared: SharedParts): Doors {
  const { store, fetch, now, metrics } = shared
  const { clockToleranceSeconds, defaultTeamspace, groupsCacheSeconds } = config
  const clouds = { ...ENTRA_CLOUDS, ...config.clouds }
  const issuerFetch = createIssuerFetch(config)
  const clusterRules = kubernetesRules(config, { fetch, issuerFetch })
  const kubernetes = createKubernetesDoor({
    ...shared,
    clusters: clusterRules,
    defaultTeamspace,
    clockToleranceSeconds,
  })
  const verifier = createOuterVerifier({
    ...shared,
    clouds,
    kubernetes,
    issuerFetch,
    clockToleranceSeconds,
    cacheUses: metrics.caches.verified_tokens,
  })
  const onBehalfOf = createOnBehalfOf({ clouds, fetch, now, uses: metrics.caches.exchanged_tokens })
  const groups = createGroups({ ...shared, clouds, ttlSeconds: groupsCacheSeconds })
  const unsubscribe = store.changes.subscribe((change) => {
    if (REMEMBERED_ELSEWHERE.has(change.kind)) return
    const changed = change.kind === 'everything' ? undefined : change.teamspaceId
    onBehalfOf.forgetTeamspace(changed)
    if (change.kind === 'member') return
    verifier.forget()
    groups.forget(changed)
  })
  const admission = createAdmission({ ...shared, makeMember: createJustInTime(shared) })
  return { clouds, clusterRules, issuerFetch, verifier, admission, onBehalfOf, groups, unsubscribe }
}
