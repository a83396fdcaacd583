import type { EntraClouds } from '@sallyport/verifier'
import { connectionRepository } from '../connections/connection-repository.ts'
import type { EntraConnectionRecord } from '../connections/connection.ts'
import type { EntraSettings } from '../connections/entra-settings.ts'
import { setConnection } from '../connections/set-connection.ts'
import type { Store } from '../store/store.ts'
import type { Editor } from '../teamspaces/edit-teamspace.ts'
import { isRefused } from '../teamspaces/refusal.ts'
import { declareTeamspace } from './declared-teamspace.ts'
import { StartRefused } from './start-refused.ts'

/** Whoever the tenant lets in becomes a member at their first call: the operator named the tenant for that. */
const WHOEVER_IS_LET_IN: NonNullable<EntraSettings['jit']> = { claim: null, values: [], role: 'developer' }

interface Declared {
  readonly slug: string
  readonly settings: EntraSettings
  readonly store: Store
  readonly clouds: EntraClouds
  readonly now: () => number
}

/**
 * A teamspace with its Entra connection, as the configuration declares them, each made when it is absent. A connection
 * of the same tenant and audience is left as it is: what administrators have added to it is theirs.
 */
export async function declareEntra({ slug, settings, store, clouds, now }: Declared): Promise<void> {
  const editor: Editor = { store, now, actor: 'configuration' }
  const teamspace = await declareTeamspace(editor, slug)
  if (isRefused(teamspace)) throw refused(`teamspace ${slug}: ${teamspace.refused.says}`)
  const present = await connectionRepository(store.db, store.sealer, teamspace.id).find('entra')
  if (present && isSame(present, settings)) return
  if (present?.onBehalfOf) {
    throw refused(
      `teamspace ${slug} has a connection with On-Behalf-Of for ${present.audience} of Entra tenant ${present.tenantId} already; remove it (\`sallyport connection remove ${slug}\`) or configure the same`,
    )
  }
  const declared = declaredOver(present, settings)
  const set = await setConnection(editor, slug, declared, { clouds })
  if (isRefused(set)) throw refused(`teamspace ${slug}: ${set.refused.says}`)
}

const isSame = (present: EntraConnectionRecord, { cloud, tenantId, audience, acceptedRoles }: EntraSettings): boolean =>
  present.cloud === cloud &&
  present.tenantId === tenantId &&
  present.audience === audience &&
  acceptedRoles.every((role) => present.acceptedRoles.includes(role))

/** What administrators narrowed stays narrow: a new tenant or client must not open what they closed. */
function declaredOver(present: EntraConnectionRecord | undefined, settings: EntraSettings): EntraSettings {
  if (!present) return { ...settings, jit: WHOEVER_IS_LET_IN }
  const { requiredScope, allowedClients, acceptedRoles, facade, jit, groups } = present
  return {
    ...settings,
    requiredScope,
    allowedClients: [...allowedClients],
    acceptedRoles: [...new Set([...settings.acceptedRoles, ...acceptedRoles])],
    facade: { ...facade, redirectUris: [...facade.redirectUris] },
    ...(groups && { groups }),
    ...(jit && { jit: jit as typeof WHOEVER_IS_LET_IN }), // saved through the same settings
  }
}

const refused = (why: string) => new StartRefused(`AzureAd (azureAd) cannot be declared: ${why}`)
