import type { ClientCredential, EntraConnectionRecord } from './connection.ts'

/** A connection as people may see it: the credential's kind, never the credential. */
export interface ConnectionView extends Omit<EntraConnectionRecord, 'onBehalfOf'> {
  readonly onBehalfOf?: {
    readonly clientId: string
    readonly scope: string
    readonly credential: { readonly kind: ClientCredential['kind']; readonly tokenFile?: string }
  }
}

export function toConnectionView({ onBehalfOf, ...rest }: EntraConnectionRecord): ConnectionView {
  if (!onBehalfOf) return rest
  const { clientId, scope, credential } = onBehalfOf
  const shown =
    credential.kind === 'federated'
      ? { kind: credential.kind, tokenFile: credential.tokenFile }
      : { kind: credential.kind }
  return { ...rest, onBehalfOf: { clientId, scope, credential: shown } }
}
