import { randomUUID } from 'node:crypto'
import type { EntraClouds } from '@sallyport/verifier'
import { identityRepository } from '../members/identity-repository.ts'
import { refuseOwnersRemoval } from '../members/member-rights.ts'
import { isUniqueViolation } from '../store/unique-violation.ts'
import { editTeamspace } from '../teamspaces/edit-teamspace.ts'
import type { Editor, TeamspaceEdit } from '../teamspaces/edit-teamspace.ts'
import { isRefused, refuse } from '../teamspaces/refusal.ts'
import type { Refusal } from '../teamspaces/refusal.ts'
import type { ConnectionSettings } from './connection-kinds.ts'
import { connectionRepository } from './connection-repository.ts'
import type { RecordOf } from './connection-repository.ts'
import { audienceClaims } from './connection-row.ts'
import { toConnectionView } from './connection-view.ts'
import type { ViewOf } from './connection-view.ts'
import { toEntraParts } from './entra-record.ts'
import { issuerKeyOf } from './connection.ts'
import type { ConnectionKind } from './connection.ts'
import { findCloud } from './find-cloud.ts'
import { completeKubernetes, NO_CLUSTERS } from './kubernetes-record.ts'
import type { KubernetesRules } from './kubernetes-record.ts'
import type { KubernetesSettings } from './kubernetes-settings.ts'
import { orphansOf } from './orphans.ts'

interface Options {
  readonly clouds: EntraClouds
  /** Needed for a connection to a cluster. */
  readonly kubernetes?: KubernetesRules | undefined
  /** People whom the connection identifies anew lose their way in; only when the caller says so (S2D-11). */
  readonly confirmOrphans?: boolean | undefined
}

/** The text is part of the contract (S2D-08) and must not say which teamspace (S2D-09). */
const audienceTaken = (): Refusal =>
  refuse({
    code: 'conflict',
    field: 'audience',
    says: 'This audience is already configured for another teamspace',
  })

/**
 * Sets one of the ways in which a teamspace's people prove themselves, and answers it without its secrets. A teamspace
 * has at most one connection of each kind.
 */
export async function setConnection<Settings extends ConnectionSettings>(
  editor: Editor,
  slug: string,
  settings: Settings,
  { clouds, kubernetes, confirmOrphans = false }: Options,
): Promise<ViewOf<Settings['kind']> | Refusal> {
  const complete = completed(settings, slug, { clouds, kubernetes })
  if (isRefused(complete)) return complete
  try {
    const saved = await editTeamspace(editor, slug, (edit) =>
      save(editor, edit, { settings: complete, confirmOrphans }),
    )
    return isRefused(saved) ? saved : (toConnectionView(saved) as ViewOf<Settings['kind']>)
  } catch (error) {
    // Two teamspaces saved the same audience at once: the database let one of them win.
    if (isUniqueViolation(error)) return audienceTaken()
    throw error
  }
}

type Complete =
  Exclude<ConnectionSettings, { kind: 'kubernetes' }> | (KubernetesSettings & { readonly audience: string })

/** The settings with what the operator's configuration adds to them, or what it objects to. */
function completed(
  settings: ConnectionSettings,
  slug: string,
  { clouds, kubernetes }: Pick<Options, 'clouds' | 'kubernetes'>,
): Complete | Refusal {
  if (settings.kind === 'entra' && !findCloud(clouds, settings.cloud)) {
    return refuse({ code: 'invalid', field: 'cloud', says: `must be one of ${Object.keys(clouds).join(', ')}` })
  }
  if (settings.kind !== 'kubernetes') return settings
  return completeKubernetes(settings, slug, kubernetes ?? NO_CLUSTERS)
}

async function save(
  editor: Editor,
  edit: TeamspaceEdit,
  { settings, confirmOrphans }: { settings: Complete; confirmOrphans: boolean },
): Promise<RecordOf<ConnectionKind> | Refusal> {
  const { tx, teamspace, at, record } = edit
  const connections = connectionRepository(tx.db, editor.store.sealer, teamspace.id)
  const before = await connections.find(settings.kind)
  const parts = toParts(settings, before)
  if (isRefused(parts)) return parts

  const after = {
    ...parts,
    id: before?.id ?? randomUUID(),
    teamspaceId: teamspace.id,
    createdAt: before?.createdAt ?? at,
    updatedAt: at,
  } as RecordOf<ConnectionKind>
  if (await connections.isClaimed(after.id, audienceClaims(after))) return audienceTaken()
  const identities = identityRepository(tx.db, teamspace.id)
  const orphans = before && (await orphansOf(before, after, { identities, confirmed: confirmOrphans }))
  if (orphans) return orphans
  if (before && issuerKeyOf(before) !== issuerKeyOf(after)) {
    // They stay in the list, but none of them is let in: to an owner that is as good as being removed.
    const refusal = await refuseOwnersRemoval(edit, editor, ({ issuer }) => issuer === issuerKeyOf(before))
    if (refusal) return refusal
  }
  await connections.save(after)
  await record({
    action: 'connection.set',
    kind: 'connection',
    ...(before && { before: toConnectionView(before) }),
    after: toConnectionView(after),
  })
  return after
}

/** What a kind's settings become in its record. Only Entra's hold more, or less, than the record does. */
const toParts = (settings: Complete, before: RecordOf<ConnectionKind> | undefined) =>
  settings.kind === 'entra' ? toEntraParts(settings, before as RecordOf<'entra'> | undefined) : settings
