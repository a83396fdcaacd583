import { entraSettings } from '../connections/entra-settings.ts'
import type { EntraSettings } from '../connections/entra-settings.ts'
import { setConnection } from '../connections/set-connection.ts'
import type { Store } from '../store/store.ts'
import { createTeamspace } from './create-teamspace.ts'
import type { Editor } from './edit-teamspace.ts'
import { isRefused } from './refusal.ts'
import type { Refusal } from './refusal.ts'
import type { Teamspace } from './teamspace.ts'

/** For tests: two customers, their Entra tenants, and the applications of the first. */
export const ACME_TENANT = 'aaaaaaaa-0000-4000-8000-000000000001'
export const GLOBEX_TENANT = 'aaaaaaaa-0000-4000-8000-000000000002'
export const GATEWAY_APP = 'bbbbbbbb-0000-4000-8000-000000000001'
export const API_APP = 'bbbbbbbb-0000-4000-8000-000000000002'
export const ANNA = 'cccccccc-0000-4000-8000-000000000001'
export const BERT = 'cccccccc-0000-4000-8000-000000000002'

export const CLOUDS = { global: { authority: 'https://login.microsoftonline.com' } }
export const CANARY_SECRET = 'canary~secret~of~the~gateway'

export const editorOf = (store: Store): Editor => ({ store, actor: 'operator', now: () => 1_800_000_000_000 })

/** The value, or a failed test that says the refusal. */
export function accepted<Value extends object>(outcome: Value | Refusal): Value {
  if (isRefused(outcome)) throw new Error(`refused: ${JSON.stringify(outcome)}`)
  return outcome
}

export const aTeamspace = async (store: Store, slug: string): Promise<Teamspace> =>
  accepted(await createTeamspace(editorOf(store), { slug, name: slug }))

export const entraInput = (changes: object = {}): object => ({
  kind: 'entra',
  tenantId: ACME_TENANT,
  audience: GATEWAY_APP,
  requiredScope: 'Mcp.Gateway.Access',
  ...changes,
})

export const onBehalfOf = (changes: object = {}): object => ({
  clientId: GATEWAY_APP,
  scope: `api://${API_APP}/mcp.access`,
  credential: { kind: 'secret', secret: CANARY_SECRET },
  ...changes,
})

export const settingsWith = (changes: object = {}): EntraSettings => entraSettings.parse(entraInput(changes))

export const connect = (store: Store, slug: string, changes: object = {}, confirmOrphans = false) =>
  setConnection(editorOf(store), slug, settingsWith(changes), { clouds: CLOUDS, confirmOrphans })

/** A teamspace with a connection. */
export async function aConnectedTeamspace(store: Store, slug: string, changes: object = {}): Promise<Teamspace> {
  const teamspace = await aTeamspace(store, slug)
  accepted(await connect(store, slug, changes))
  return teamspace
}
