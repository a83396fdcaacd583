import { isDeepStrictEqual } from 'node:util'
import { createFetchFor } from '../kubernetes/cluster-fetch.ts'
import type { Fetches } from '../kubernetes/cluster-fetch.ts'
import { findCluster } from '../kubernetes/find-cluster.ts'
import { probe } from '../kubernetes/probe.ts'
import type { Config } from '../config/config.ts'
import { connectionRepository } from '../connections/connection-repository.ts'
import { NO_CLUSTERS } from '../connections/kubernetes-record.ts'
import { kubernetesSettings } from '../connections/kubernetes-settings.ts'
import { setConnection } from '../connections/set-connection.ts'
import type { Store } from '../store/store.ts'
import type { Editor } from '../teamspaces/edit-teamspace.ts'
import { isRefused } from '../teamspaces/refusal.ts'
import { declareTeamspace } from './declared-teamspace.ts'
import type { FirstContact } from './readiness.ts'
import { StartRefused } from './start-refused.ts'

interface Parts {
  readonly store: Store
  readonly now: () => number
}

/** Whom the cluster or the issuer knows is let in, as in a program that has no members (S5-02). */
const WHOEVER_IS_VERIFIED = { role: 'developer', claim: null } as const

/** Gives the default teamspace the connection of the `kubernetes` section. Done at each start, it changes nothing twice. */
export async function declareKubernetes(config: Config, { store, now }: Parts): Promise<void> {
  const { kubernetes: declared, defaultTeamspace: slug } = config
  if (!declared || slug === undefined) return
  const { certificateAuthority: _, ...connection } = declared
  const editor: Editor = { store, now, actor: 'configuration' }
  const teamspace = await declareTeamspace(editor, slug)
  if (isRefused(teamspace)) throw refused(`teamspace ${slug}: ${teamspace.refused.says}`)
  const present = await connectionRepository(store.db, store.sealer, teamspace.id).find('kubernetes')
  const { requiredScope = null, acceptUsers = true, jit = present ? undefined : WHOEVER_IS_VERIFIED } = present ?? {}
  // What administrators narrowed stays narrow.
  const declaration = { ...connection, kind: 'kubernetes', requiredScope, acceptUsers, jit }
  const { data: settings, error } = kubernetesSettings.safeParse(declaration)
  if (!settings) throw refused(`teamspace ${slug}: ${error.issues.map(({ message }) => message).join('; ')}`)
  if (present) {
    const { id, teamspaceId, createdAt, updatedAt, ...before } = present
    if (isDeepStrictEqual(before, settings)) return
  }
  const kubernetes = { ...NO_CLUSTERS, clusters: config.clusters }
  const set = await setConnection(editor, slug, settings, { clouds: {}, kubernetes, confirmOrphans: true })
  if (isRefused(set)) throw refused(`teamspace ${slug}: ${set.refused.says}`)
}

const refused = (why: string) => new StartRefused(`kubernetes: the connection cannot be declared: ${why}`)

/** Who has to have answered before we are ready (D-18): whomever the section has its tokens verified by. */
export function kubernetesContacts(config: Config, { now, ...fetches }: Fetches & Pick<Parts, 'now'>): FirstContact[] {
  const { kubernetes: declared, defaultTeamspace = '', clusters } = config
  const cluster = declared && findCluster(clusters, declared.cluster, defaultTeamspace)
  if (!cluster) return []
  const { certificateAuthority: _, ...connection } = declared
  const fetch = createFetchFor(config, fetches)(cluster, declared.issuer)
  const ask = () => probe({ ...connection, teamspaceId: defaultTeamspace, cluster }, { fetch, now })
  return [{ name: declared.issuer ?? `cluster ${cluster.name}`, ask }]
}
