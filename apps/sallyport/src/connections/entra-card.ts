import type { z } from 'zod'
import { refuse } from '../teamspaces/refusal.ts'
import type { Refusal } from '../teamspaces/refusal.ts'
import { audienceOfScope } from './audience.ts'
import type { ClientCredential, EntraGroupSource } from './connection.ts'
import type { entraSettings } from './entra-settings.ts'

/** How people fill in a connection, with the words of Microsoft's portal. */
export interface EntraCard {
  readonly cloud?: string | undefined
  readonly tenantId: string
  readonly audience: string
  readonly scope?: string | undefined
  readonly gatewayClientId?: string | undefined
  readonly gatewayScope?: string | undefined
  readonly downstreamScope?: string | undefined
  readonly credential?: ClientCredential | undefined
  readonly redirectUris?: readonly string[] | undefined
  readonly clientAuth?: string | undefined
  readonly allowedClients?: readonly string[] | undefined
  readonly acceptedRoles?: readonly string[] | undefined
  readonly groups?: string | undefined
}

type EntraInput = z.input<typeof entraSettings>

const DEFAULT_GATEWAY_SCOPE = 'Mcp.Gateway.Access'

/**
 * A card can be read in two ways. When the gateway's client is another application than the audience, audience and
 * scope describe the API behind, as on the recipe's dashboard, and people bring tokens for the gateway's client.
 * Otherwise audience and scope are what people bring tokens for.
 */
export function toEntraInput(card: EntraCard): EntraInput | Refusal {
  const { gatewayClientId } = card
  if (gatewayClientId === undefined) return direct(card)
  return gatewayClientId.toLowerCase() === card.audience.toLowerCase()
    ? forGateway(card, gatewayClientId)
    : forServer(card, gatewayClientId)
}

function direct(card: EntraCard): EntraInput | Refusal {
  const orphan = (['credential', 'downstreamScope', 'gatewayScope'] as const).find((name) => card[name] !== undefined)
  if (orphan) return refuse({ code: 'invalid', field: orphan, says: 'has no meaning without the gateway client id' })
  return { ...shared(card), audience: card.audience, requiredScope: card.scope ?? null }
}

function forGateway(card: EntraCard, clientId: string): EntraInput | Refusal {
  const { downstreamScope, gatewayScope, credential } = card
  if (gatewayScope !== undefined) {
    return refuse({
      code: 'invalid',
      field: 'gatewayScope',
      says: 'is the scope itself when the audience is the gateway',
    })
  }
  if (downstreamScope === undefined) {
    return refuse({ code: 'invalid', field: 'downstreamScope', says: 'is needed: it names the API behind the gateway' })
  }
  return {
    ...shared(card),
    audience: card.audience,
    requiredScope: card.scope ?? null,
    onBehalfOf: { clientId, scope: downstreamScope, ...(credential && { credential }) },
  }
}

function forServer(card: EntraCard, clientId: string): EntraInput {
  const { audience, scope, credential } = card
  const anyScope = `${audience.startsWith('api://') ? audience : `api://${audience}`}/.default`
  return {
    ...shared(card),
    audience: clientId,
    requiredScope: card.gatewayScope ?? DEFAULT_GATEWAY_SCOPE,
    onBehalfOf: { clientId, scope: card.downstreamScope ?? anyScope, ...(credential && { credential }) },
    server: { audience: audienceOfScope(anyScope) ?? audience, requiredScope: scope ?? null },
  }
}

function shared({ cloud, tenantId, redirectUris, clientAuth, allowedClients, acceptedRoles, groups }: EntraCard) {
  return {
    kind: 'entra' as const,
    tenantId,
    ...(cloud !== undefined && { cloud }),
    ...(allowedClients && { allowedClients: [...allowedClients] }),
    ...(acceptedRoles && { acceptedRoles: [...acceptedRoles] }),
    ...(groups !== undefined && { groups: groups as EntraGroupSource }),
    facade: {
      ...(redirectUris && { redirectUris: [...redirectUris] }),
      ...(clientAuth !== undefined && { clientAuth: clientAuth as 'none' | 'inject' }),
    },
  }
}
