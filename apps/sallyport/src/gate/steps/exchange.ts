import type { VerifiedToken } from '@sallyport/verifier'
import type { ConnectionLookup } from '../../connections/connection-lookup.ts'
import type { OnBehalfOf } from '../../exchange/entra-obo.ts'
import { advance } from '../call.ts'
import type { AuthorizedCall, EquippedCall } from '../call.ts'
import { isDenied } from '../../outcome/denial.ts'
import type { Denial } from '../../outcome/denial.ts'
import { GateFault, storeDown } from '../../outcome/fault.ts'

export interface ExchangeDeps {
  readonly connections: ConnectionLookup
  readonly onBehalfOf: OnBehalfOf
}

/** The inner door: what the server is shown instead of the caller's token, which never goes on, whatever fails here. */
export function exchange(
  call: AuthorizedCall,
  deps: ExchangeDeps,
): EquippedCall | Denial | Promise<EquippedCall | Denial> {
  const { outbound } = call.server
  call.record.exchange = outbound.kind
  switch (outbound.kind) {
    case 'none':
      return advance(call, { credential: undefined })
    case 'static':
      return advance(call, { credential: outbound })
    case 'entra-obo':
      return onBehalfOf(call, deps)
  }
}

function onBehalfOf(call: AuthorizedCall, deps: ExchangeDeps): EquippedCall | Denial | Promise<EquippedCall | Denial> {
  const { proof } = call
  // The configuration allows this exchange only where every caller brings an Entra token.
  if (proof.kind !== 'entra') throw new GateFault('exchange_misconfigured', 'On-Behalf-Of needs an Entra token')
  const found = deps.connections.findEntra(proof.tenantId, proof.audience)
  if (found instanceof Promise)
    return found.then(
      (connection) => exchangeFor(call, proof, connection, deps),
      storeDown('the connection could not be looked up'),
    )
  return exchangeFor(call, proof, found, deps)
}

function exchangeFor(
  call: AuthorizedCall,
  token: VerifiedToken<'entra'>,
  connection: Awaited<ReturnType<ConnectionLookup['findEntra']>>,
  deps: ExchangeDeps,
): EquippedCall | Denial | Promise<EquippedCall | Denial> {
  // Looked up anew: by now the audience may be another teamspace's, whose client must not act for this caller.
  if (!connection?.onBehalfOf || connection.teamspaceId !== token.teamspaceId) {
    throw new GateFault('exchange_misconfigured', 'the teamspace connection has no On-Behalf-Of client')
  }
  const outcome = deps.onBehalfOf.exchange(call.accessToken!, token, connection)
  const equip = (result: Awaited<typeof outcome>): EquippedCall | Denial =>
    isDenied(result)
      ? result
      : advance(call, {
          credential: { header: 'authorization', value: `Bearer ${result.accessToken}` },
          renewCredential: result.forget,
        })
  return outcome instanceof Promise ? outcome.then(equip) : equip(outcome)
}
