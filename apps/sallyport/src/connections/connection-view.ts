import type { RecordOf } from './connection-repository.ts'
import type { ClientCredential, ConnectionKind, ConnectionRecord, EntraConnectionRecord } from './connection.ts'

/** A connection as people may see it: the credential's kind, never the credential. */
export type ConnectionView = EntraConnectionView | Exclude<ConnectionRecord, EntraConnectionRecord>

export interface EntraConnectionView extends Omit<EntraConnectionRecord, 'onBehalfOf'> {
  readonly onBehalfOf?: {
    readonly clientId: string
    readonly scope: string
    readonly credential: { readonly kind: ClientCredential['kind']; readonly tokenFile?: string }
  }
}

export type ViewOf<Kind extends ConnectionKind> = Kind extends 'entra' ? EntraConnectionView : RecordOf<Kind>

export function toConnectionView(record: EntraConnectionRecord): EntraConnectionView
export function toConnectionView(record: ConnectionRecord): ConnectionView
export function toConnectionView(record: ConnectionRecord): ConnectionView {
  if (record.kind !== 'entra' || !record.onBehalfOf) return record
  const { onBehalfOf, ...rest } = record
  const { clientId, scope, credential } = onBehalfOf
  const shown =
    credential.kind === 'federated'
      ? { kind: credential.kind, tokenFile: credential.tokenFile }
      : { kind: credential.kind }
  return { ...rest, onBehalfOf: { clientId, scope, credential: shown } }
}
