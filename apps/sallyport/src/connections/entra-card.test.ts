import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ACME_TENANT, API_APP, GATEWAY_APP } from '../teamspaces/acme.fixture.ts'
import { toEntraInput } from './entra-card.ts'
import type { EntraCard } from './entra-card.ts'
import { entraSettings } from './entra-settings.ts'

const credential = { kind: 'secret', secret: 's3cret' } as const
const fillIn = (card: Partial<EntraCard>) =>
  entraSettings.parse(
    toEntraInput({ tenantId: ACME_TENANT, audience: GATEWAY_APP, scope: 'Mcp.Gateway.Access', ...card }),
  )

test('without a gateway, audience and scope are what people bring tokens for', () => {
  const settings = fillIn({})
  assert.equal(settings.audience, GATEWAY_APP)
  assert.equal(settings.requiredScope, 'Mcp.Gateway.Access')
  assert.equal(settings.onBehalfOf, undefined)
})

test('a gateway that is the audience: people bring tokens for it, the downstream scope names the API behind', () => {
  const settings = fillIn({
    gatewayClientId: GATEWAY_APP.toUpperCase(),
    downstreamScope: `api://${API_APP}/mcp.access`,
    credential,
  })
  assert.equal(settings.audience, GATEWAY_APP)
  assert.equal(settings.requiredScope, 'Mcp.Gateway.Access')
  assert.deepEqual(settings.server, { audience: API_APP, requiredScope: 'mcp.access' })
  assert.deepEqual(settings.onBehalfOf, { clientId: GATEWAY_APP, scope: `api://${API_APP}/mcp.access`, credential })
})

test("S2D-02 another gateway: audience and scope are the API's behind, as on the recipe's card", () => {
  const settings = fillIn({ audience: API_APP, scope: 'mcp.access', gatewayClientId: GATEWAY_APP, credential })
  assert.equal(settings.audience, GATEWAY_APP)
  assert.equal(settings.requiredScope, 'Mcp.Gateway.Access')
  assert.deepEqual(settings.server, { audience: API_APP, requiredScope: 'mcp.access' })
  assert.equal(settings.onBehalfOf?.scope, `api://${API_APP}/.default`)
})

test('a card that says half of it is refused with the field', () => {
  const refusedField = (card: Partial<EntraCard>) => {
    const input = toEntraInput({ tenantId: ACME_TENANT, audience: GATEWAY_APP, ...card })
    return 'refused' in input ? input.refused.field : undefined
  }
  assert.equal(refusedField({ credential }), 'credential')
  assert.equal(refusedField({ downstreamScope: 'api://x/.default' }), 'downstreamScope')
  assert.equal(refusedField({ gatewayClientId: GATEWAY_APP, credential }), 'downstreamScope')
  assert.equal(
    refusedField({ gatewayClientId: GATEWAY_APP, gatewayScope: 'x', downstreamScope: 'a/b' }),
    'gatewayScope',
  )
})
