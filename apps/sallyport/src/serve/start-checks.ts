import { ENTRA_CLOUDS } from '@sallyport/verifier'
import { modesOf } from '../config/auth-mode.ts'
import { azureAdMissing } from '../config/azure-ad.ts'
import type { Config } from '../config/config.ts'
import { isLoopbackAddress } from '../config/exposure.ts'
import { presentKinds } from '../connections/present-kinds.ts'
import type { Store } from '../store/store.ts'
import type { Log } from '../telemetry/log.ts'
import { declareEntra } from './declared-entra.ts'
import { declareKubernetes } from './declared-kubernetes.ts'
import { StartRefused } from './start-refused.ts'

export interface StartChecks {
  readonly config: Config
  readonly store: Store
  readonly log: Log
  readonly now: () => number
}

/** What only the database can tell, before any port opens. Declares the operator's own connection, too. */
export async function checkBeforeStart({ config, store, log, now }: StartChecks): Promise<void> {
  refuseExposed(config)
  for (const { level, code, message } of config.notices) log(message, { level, code })
  const { azureAd, defaultTeamspace: slug } = config
  const clouds = { ...ENTRA_CLOUDS, ...config.clouds }
  if (azureAd) await declareEntra({ slug: slug!, settings: azureAd.settings, store, clouds, now })
  await declareKubernetes(config, { store, now })
  const kinds = await presentKinds(store.db)
  // Whoever asks for Entra tokens here and now, and has nothing to judge them by, has forgotten something (S3-40).
  if (config.entraIsStated && !kinds.has('entra')) throw new StartRefused(azureAdMissing())
  if (kinds.size > 0) return
  const waiting = config.servers.filter(({ auth }) => modesOf(auth).every((mode) => NEEDS_CONNECTION.has(mode)))
  if (waiting.length === 0) return
  const names = waiting.map(({ name }) => name).join(', ')
  const message = `No teamspace has a connection yet, so nobody can call ${names}: add one with \`sallyport teamspace create\` and \`sallyport connection set\`, or declare one with AzureAd__TenantId and AzureAd__ClientId`
  log(message, { level: 'warn', code: 'no_connections' })
}

/** MCP tokens are a teamspace's own and need none. */
const NEEDS_CONNECTION: ReadonlySet<string> = new Set(['EntraJwt', 'Oidc', 'Kubernetes'])

/** Where it listens stays as it was at start, whatever a file that is read again says of it. */
function refuseExposed({ servers, listen, allowInsecurePublicBind }: Config): void {
  if (allowInsecurePublicBind || isLoopbackAddress(listen.public.host)) return
  const open = servers.filter(({ auth }) => auth.mode === 'None').map(({ name }) => name)
  if (open.length === 0) return
  throw new StartRefused(`${open.join(', ')}: auth None is not taken while Sallyport listens on ${listen.public.host}`)
}
