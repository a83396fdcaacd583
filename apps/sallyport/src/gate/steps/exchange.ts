import type { VerifiedToken } from '@sallyport/verifier'
import type { ConnectionLookup } from '../../connections/connection-lookup.ts'
import type { SignedIdentityOutbound } from '../../config/config.ts'
import type { OnBehalfOf } from '../../exchange/entra-obo.ts'
import type { IdentitySigner } from '../../exchange/signed-identity.ts'
import type { Metrics } from '../../telemetry/metrics.ts'
import type { TeamspaceLookup } from '../../teamspaces/teamspace-lookup.ts'
import type { Teamspace } from '../../teamspaces/teamspace.ts'
import { countExchange } from '../count-exchange.ts'
import { advance } from '../call.ts'
import type { EquippedCall, LimitedCall } from '../call.ts'
import { isDenied } from '../../outcome/denial.ts'
import type { Denial } from '../../outcome/denial.ts'
import { GateFault, storeDown } from '../../outcome/fault.ts'
import type { McpTokenPrincipal, MemberPrincipal } from '../principal.ts'

export interface ExchangeDeps {
  readonly connections: ConnectionLookup
  readonly onBehalfOf: OnBehalfOf
  readonly identities: IdentitySigner
  readonly teamspaces: Pick<TeamspaceLookup, 'findById'>
  readonly metrics: Pick<Metrics, 'tallyOf'>
}

/** The inner door: what the server is shown instead of the caller's token, which never goes on, whatever fails here. */
export function exchange(
  call: LimitedCall,
  deps: ExchangeDeps,
): EquippedCall | Denial | Promise<EquippedCall | Denial> {
  const { outbound } = call.server
  call.record.exchange = outbound.kind
  switch (outbound.kind) {
    case 'none':
      return advance(call, 'exchange', { credential: undefined })
    case 'static':
      return advance(call, 'exchange', { credential: outbound })
    case 'signed-identity':
      return countExchange(call, deps.metrics.tallyOf(call.server.name), () => showIdentity(call, outbound, deps))
    case 'entra-obo':
      return countExchange(call, deps.metrics.tallyOf(call.server.name), () => onBehalfOf(call, deps))
  }
}

function onBehalfOf(call: LimitedCall, deps: ExchangeDeps): EquippedCall | Denial | Promise<EquippedCall | Denial> {
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
  call: LimitedCall,
  token: VerifiedToken<'entra'>,
  connection: Awaited<ReturnType<ConnectionLookup['findEntra']>>,
  deps: ExchangeDeps,
): EquippedCall | Denial | Promise<EquippedCall | Denial> {
  // Looked up anew: by now the audience may be another teamspace's, whose client must not act for this caller.
  if (!connection?.onBehalfOf || connection.teamspaceId !== token.teamspaceId) {
    throw new GateFault('exchange_misconfigured', 'the teamspace connection has no On-Behalf-Of client')
  }
  const outcome = deps.onBehalfOf.exchange(call.accessToken!, token, connection)
  call.record.freshCredential = outcome instanceof Promise // what is cached is here at once
  const equip = (result: Awaited<typeof outcome>): EquippedCall | Denial =>
    isDenied(result)
      ? result
      : advance(call, 'exchange', {
          credential: { header: 'authorization', value: `Bearer ${result.accessToken}` },
          renewCredential: result.forget,
        })
  return outcome instanceof Promise ? outcome.then(equip) : equip(outcome)
}

function showIdentity(
  call: LimitedCall,
  outbound: SignedIdentityOutbound,
  deps: ExchangeDeps,
): EquippedCall | Promise<EquippedCall> {
  const { principal } = call
  // The configuration allows this only where every caller proves something; nothing else is ever signed for.
  if (principal.kind !== 'member' && principal.kind !== 'mcp_token') {
    throw new GateFault('exchange_misconfigured', 'no identity was proven that could be signed')
  }
  const found = call.teamspace ?? deps.teamspaces.findById(principal.teamspaceId)
  if (found instanceof Promise)
    return found.then(
      (teamspace) => signFor(call, principal, teamspace, outbound, deps.identities),
      storeDown('the teamspace could not be looked up'),
    )
  return signFor(call, principal, found, outbound, deps.identities)
}

function signFor(
  call: LimitedCall,
  principal: MemberPrincipal | McpTokenPrincipal,
  teamspace: Teamspace | undefined,
  { audience, header }: SignedIdentityOutbound,
  identities: IdentitySigner,
): EquippedCall | Promise<EquippedCall> {
  const { proof } = call
  const signedBefore = identities.uses.misses
  const signed = identities.sign(audience, {
    teamspaceId: principal.teamspaceId,
    teamspace: teamspace?.slug,
    subject: principal.id,
    kind: principal.kind,
    memberId: principal.kind === 'member' ? principal.id : principal.memberId,
    email: principal.kind === 'member' ? principal.email : undefined,
    role: principal.role,
    clientId: 'clientId' in proof ? proof.clientId : undefined,
    scopes: 'scopes' in proof ? proof.scopes : [],
  })
  call.record.freshCredential = identities.uses.misses > signedBefore
  const equip = (jwt: string): EquippedCall =>
    advance(call, 'exchange', { credential: { header, value: header === 'authorization' ? `Bearer ${jwt}` : jwt } })
  return signed instanceof Promise ? signed.then(equip, storeDown('the signing keys could not be read')) : equip(signed)
}
