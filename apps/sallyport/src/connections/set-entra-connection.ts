import { randomUUID } from 'node:crypto'
import type { EntraClouds } from '@sallyport/verifier'
import { identityRepository } from '../members/identity-repository.ts'
import type { Store } from '../store/store.ts'
import { isUniqueViolation } from '../store/unique-violation.ts'
import { editTeamspace } from '../teamspaces/edit-teamspace.ts'
import type { Editor, TeamspaceEdit } from '../teamspaces/edit-teamspace.ts'
import { isRefused, refuse } from '../teamspaces/refusal.ts'
import type { Refusal } from '../teamspaces/refusal.ts'
import { connectionRepository } from './connection-repository.ts'
import { audienceClaims } from './connection-row.ts'
import { toConnectionView } from './connection-view.ts'
import type { EntraConnectionView } from './connection-view.ts'
import { issuerKeyOf } from './connection.ts'
import type { ClientCredential, EntraConnectionRecord } from './connection.ts'
import type { EntraSettings } from './entra-settings.ts'
import { findCloud } from './find-cloud.ts'

interface Options {
  readonly clouds: EntraClouds
  /** People of another tenant id lose their way in; they are only left behind when the caller says so (S2D-11). */
  readonly confirmOrphans?: boolean | undefined
}

/** The text is part of the contract (S2D-08) and must not say which teamspace (S2D-09). */
const audienceTaken = (): Refusal =>
  refuse({
    code: 'conflict',
    field: 'audience',
    says: 'This audience is already configured for another teamspace',
  })

/** Sets how a teamspace's people prove themselves, and answers it without its secrets. */
export async function setEntraConnection(
  editor: Editor,
  slug: string,
  settings: EntraSettings,
  { clouds, confirmOrphans = false }: Options,
): Promise<EntraConnectionView | Refusal> {
  if (!findCloud(clouds, settings.cloud)) {
    return refuse({ code: 'invalid', field: 'cloud', says: `must be one of ${Object.keys(clouds).join(', ')}` })
  }
  try {
    return await editTeamspace(editor, slug, (edit) => save(editor.store, edit, { settings, confirmOrphans }))
  } catch (error) {
    // Two teamspaces saved the same audience at once: the database let one of them win.
    if (isUniqueViolation(error)) return audienceTaken()
    throw error
  }
}

async function save(
  store: Store,
  { tx, teamspace, at, record }: TeamspaceEdit,
  { settings, confirmOrphans }: { settings: EntraSettings; confirmOrphans: boolean },
): Promise<EntraConnectionView | Refusal> {
  const connections = connectionRepository(tx.db, store.sealer, teamspace.id)
  const before = await connections.find('entra')
  const credential = credentialFor(settings, before)
  if (credential && isRefused(credential)) return credential

  const after = toRecord(settings, { before, credential, teamspaceId: teamspace.id, at })
  if (await connections.isClaimed(after.id, audienceClaims(after))) return audienceTaken()
  const left = before && issuerKeyOf(before) !== issuerKeyOf(after) ? issuerKeyOf(before) : undefined
  if (left !== undefined && !confirmOrphans) {
    const orphans = await identityRepository(tx.db, teamspace.id).count(left)
    if (orphans > 0) return wouldOrphan(orphans)
  }

  await connections.save(after)
  const view = toConnectionView(after)
  await record({
    action: 'connection.set',
    kind: 'connection',
    ...(before && { before: toConnectionView(before) }),
    after: view,
  })
  return view
}

const wouldOrphan = (count: number): Refusal =>
  refuse({
    code: 'conflict',
    field: 'tenantId',
    says: `${count} member${count === 1 ? '' : 's'} of the present Entra tenant would lose access; remove the connection first, or confirm`,
  })

/**
 * The credential to store. One that was saved before is kept when none is given, but only for the same client of the
 * same tenant in the same cloud: otherwise an edit could send a stored secret somewhere else.
 */
function credentialFor(
  { cloud, tenantId, onBehalfOf }: EntraSettings,
  before: EntraConnectionRecord | undefined,
): ClientCredential | Refusal | undefined {
  if (!onBehalfOf) return undefined
  if (onBehalfOf.credential) return onBehalfOf.credential
  const saved = before?.onBehalfOf
  const unmoved = before?.cloud === cloud && before.tenantId === tenantId && saved?.clientId === onBehalfOf.clientId
  if (saved && unmoved) return saved.credential
  return refuse({ code: 'invalid', field: 'onBehalfOf.credential', says: "the gateway client's credential is needed" })
}

interface Origin {
  readonly before: EntraConnectionRecord | undefined
  readonly credential: ClientCredential | undefined
  readonly teamspaceId: string
  readonly at: number
}

function toRecord(settings: EntraSettings, { before, credential, teamspaceId, at }: Origin): EntraConnectionRecord {
  const { onBehalfOf, server, ...rest } = settings
  return {
    ...rest,
    id: before?.id ?? randomUUID(),
    teamspaceId,
    ...(onBehalfOf &&
      credential && { onBehalfOf: { clientId: onBehalfOf.clientId, scope: onBehalfOf.scope, credential } }),
    ...(server && { server }),
    createdAt: before?.createdAt ?? at,
    updatedAt: at,
  }
}
