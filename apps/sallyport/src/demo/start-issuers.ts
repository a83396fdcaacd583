import { startEmulator } from 'entra-emulator'
import type { LoadedSeed } from 'entra-emulator'
import { startIdentityProvider } from 'identity-provider'
import { startKubernetesEmulator } from 'kubernetes-emulator'
import { consoleClient, registerConsole } from './demo-console.ts'
import { OIDC_MEMBERS, OIDC_STRANGERS, WORKLOAD } from './demo-people.ts'
import { HOST } from './demo-ports.ts'
import type { DemoPorts } from './demo-ports.ts'

export interface Part {
  close(): void | Promise<void>
}

interface Options {
  readonly seed: LoadedSeed
  readonly ports: DemoPorts
  readonly reviewer: string
  readonly clusterAdmin: string
}

/** Everybody who vouches for callers. What is running is in `started`, also when the next one cannot start. */
export async function startIssuers({ seed, ports, reviewer, clusterAdmin }: Options, started: Part[]) {
  registerConsole(seed, ports)
  started.push(await startEmulator({ seed, port: ports.emulator, host: HOST }))
  const users = [...OIDC_MEMBERS, ...OIDC_STRANGERS]
  const clients = [consoleClient(ports)]
  const identityProvider = await startIdentityProvider({ port: ports.identityProvider, users, clients })
  started.push(identityProvider)
  const cluster = await startKubernetesEmulator({
    port: ports.cluster,
    accounts: [WORKLOAD],
    reviewer,
    admin: clusterAdmin,
  })
  started.push(cluster)
  return { identityProvider, cluster }
}
