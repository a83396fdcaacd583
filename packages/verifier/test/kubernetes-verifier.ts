import { isDenied, type TokenDenialReason } from '../src/denial.ts'
import type { KubernetesConnection } from '../src/kubernetes/connection.ts'
import { createKubernetesVerifier, type KubernetesVerifier } from '../src/kubernetes/verifier.ts'
import type { KubernetesEmulator } from 'kubernetes-emulator'

export const NOW_MS = Date.UTC(2026, 0, 2)
export const AUDIENCE = 'sallyport'
export const CRAWLER = { namespace: 'agents', name: 'crawler' }

export const connectionTo = (
  cluster: KubernetesEmulator,
  changes: Partial<KubernetesConnection> = {},
): KubernetesConnection => ({
  teamspaceId: 'team-a',
  cluster: { name: 'test', server: cluster.url, credential: cluster.reviewer },
  audience: AUDIENCE,
  verify: 'auto',
  ...changes,
})

/** A verifier at a fixed time, and the code of what it says. */
export function verifierOf(
  cluster: KubernetesEmulator,
  changes: Partial<KubernetesConnection> = {},
  now = () => NOW_MS,
) {
  return createKubernetesVerifier(connectionTo(cluster, changes), { now })
}

export type Reason = TokenDenialReason & { detail?: string; claim?: string }

export async function reasonOf(verifier: KubernetesVerifier, token: string): Promise<Reason | undefined> {
  const outcome = await verifier.verify(token)
  return isDenied(outcome) ? outcome.denied : undefined
}

export const codeOf = async (verifier: KubernetesVerifier, token: string): Promise<string> =>
  (await reasonOf(verifier, token))?.code ?? 'verified'
