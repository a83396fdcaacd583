import { isRefused, refuse } from '../teamspaces/refusal.ts'
import type { Refusal } from '../teamspaces/refusal.ts'
import type { ClientCredential, EntraConnectionRecord } from './connection.ts'
import type { EntraSettings } from './entra-settings.ts'

/** The record's own members of an Entra connection, with the credential that was given now or before. */
export function toEntraParts(
  settings: EntraSettings,
  before: EntraConnectionRecord | undefined,
): Omit<EntraConnectionRecord, 'id' | 'teamspaceId' | 'createdAt' | 'updatedAt'> | Refusal {
  const credential = credentialFor(settings, before)
  if (credential && isRefused(credential)) return credential
  const { onBehalfOf, server, jit, groups, ...rest } = settings
  return {
    ...rest,
    ...(onBehalfOf &&
      credential && { onBehalfOf: { clientId: onBehalfOf.clientId, scope: onBehalfOf.scope, credential } }),
    ...(server && { server }),
    ...(jit && { jit }),
    ...(groups && { groups }),
  }
}

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
