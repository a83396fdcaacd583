import type { EntraClouds } from '@sallyport/verifier'
import type { ConsoleDeps } from '../admin/console/console-deps.ts'
import type { Config } from '../config/config.ts'
import { createRealms } from '../console-sign-in/realms.ts'
import { createClients } from '../console-sign-in/realm-client.ts'
import { createRefusedSignIns } from '../console-sign-in/refused-sign-ins.ts'
import { createSignInLimits } from '../console-sign-in/sign-in-limits.ts'
import { createServePages } from '../console-pages/serve-pages.ts'
import { createClientAddress } from '../http/client-address.ts'
import type { SharedParts } from './shared-parts.ts'

/** Sign-in to the console; undefined where there is no address that browsers could reach it at. */
export function composeConsole(config: Config, shared: SharedParts, clouds: EntraClouds): ConsoleDeps | undefined {
  const { url, sessionHours, idleMinutes } = config.console
  if (url === undefined) return undefined
  const { store, passwords, rateCounters, fetch, now, log } = shared
  const realms = createRealms(config.console, clouds)
  return {
    url,
    store,
    passwords,
    rules: { sessionHours, idleMinutes },
    operators: realms.operators,
    realms,
    federated: {
      clientOf: createClients({ fetch, now }),
      sealer: store.sealer,
      redirectUri: `${url}/console/callback`,
      now,
    },
    limits: createSignInLimits(rateCounters, now),
    refused: createRefusedSignIns({ store, now }),
    pages: createServePages(),
    addressOf: createClientAddress(config.trustedProxies),
    now,
    log,
  }
}
