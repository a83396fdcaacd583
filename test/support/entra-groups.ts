import type { TestContext } from 'node:test'
import { createEntraVerifier, isDenied, localSource } from '@sallyport/verifier'
import type { VerifiedToken } from '@sallyport/verifier'
import { demoSeedUrl, loadSeed, startEmulator } from 'entra-emulator'
import { testClock } from './entra-tokens.ts'
import { ACME, signIn } from './gate.ts'
import type { EntraConnectionRecord } from '../../apps/sallyport/src/connections/connection.ts'
import type { GroupAnswer } from '../../apps/sallyport/src/groups/group-answer.ts'

export const groupIdOf = (n: number): string => `aaaaaaaa-0002-4000-8000-00000000000${n}`
/** Whom the demo seed puts into 240 groups. */
export const PETRA = { email: 'petra@acme.example', oid: 'aaaaaaaa-0001-4000-8000-000000000007' }
/** In Platform, which is in Engineering, which is in Everyone. */
export const CHLOE = { email: 'chloe@acme.example', oid: 'aaaaaaaa-0001-4000-8000-000000000003' }
export const NIGHTLY_JOB = {
  appId: 'aaaaaaaa-0003-4000-8000-000000000004',
  objectId: 'aaaaaaaa-0004-4000-8000-000000000004',
}

/** An Entra with its Graph, by a clock that stands still, and a connection whose client may read groups. */
export async function startEntraWorld() {
  const clock = testClock()
  const emulator = await startEmulator({ seed: await loadSeed(demoSeedUrl), now: clock.now })
  const clouds = { emulator: { authority: emulator.url, graph: `${emulator.url}/graph` } }
  const pristine = structuredClone(emulator.seed)
  const tenant = () => emulator.seed.tenants[0]!
  const connection: EntraConnectionRecord = {
    id: 'connection-1',
    teamspaceId: 'acme-1',
    kind: 'entra',
    cloud: 'emulator',
    tenantId: ACME.tenantId,
    audience: ACME.gatewayClientId,
    requiredScope: 'Mcp.Gateway.Access',
    acceptedRoles: ['Mcp.Tool.Executor'],
    allowedClients: [],
    onBehalfOf: {
      clientId: ACME.gatewayClientId,
      credential: { kind: 'secret', secret: ACME.gatewaySecret },
      scope: `api://${ACME.apiClientId}/.default`,
    },
    facade: { redirectUris: [], clientAuth: 'none' },
    createdAt: 0,
    updatedAt: 0,
  }
  const verifier = createEntraVerifier({ connections: localSource([connection]), clouds, now: clock.now })
  const verified = async (accessToken: string): Promise<VerifiedToken<'entra'>> => {
    const outcome = await verifier.verify(accessToken)
    if (isDenied(outcome)) throw new Error(JSON.stringify(outcome))
    return outcome
  }
  return {
    clock,
    emulator,
    clouds,
    get tenant() {
      return tenant()
    },
    connection,
    /** What a person's token proves, from the emulator's own sign-in. */
    proofOf: async (email: string) => verified(await signIn(emulator, ACME, email)),
    /** What the token of an application proves. */
    proofOfJob: async () => {
      const answer = await fetch(`${emulator.url}/${ACME.tenantId}/oauth2/v2.0/token`, {
        method: 'POST',
        body: new URLSearchParams({
          grant_type: 'client_credentials',
          client_id: NIGHTLY_JOB.appId,
          client_secret: 'acme-job-secret',
          scope: `api://${ACME.gatewayClientId}/.default`,
        }),
      })
      return verified(((await answer.json()) as { access_token: string }).access_token)
    },
    graphRequests: () => emulator.requests.filter(({ path }) => path.startsWith('/graph/')),
    tokenRequests: () => emulator.requests.filter(({ form }) => form?.grant_type === 'client_credentials'),
    close: () => emulator.close(),
    /** As it was at first, but for the time. */
    reset() {
      Object.assign(emulator.seed, structuredClone(pristine))
      emulator.setFault(undefined)
      emulator.clearRequests()
    },
    /** Takes a permission of Graph away from the gateway's client, or gives one. */
    permit(...roles: string[]) {
      const { graph } = tenant()
      const others = graph.roleAssignments.filter(({ principalId }) => principalId !== ACME.gatewayClientId)
      graph.roleAssignments = [...others, ...roles.map((role) => ({ principalId: ACME.gatewayClientId, role }))]
    },
  }
}

export type EntraWorld = Awaited<ReturnType<typeof startEntraWorld>>

/** One for a single test. */
export async function entraWorld(t: TestContext): Promise<EntraWorld> {
  const world = await startEntraWorld()
  t.after(world.close)
  return world
}

/** Sorted, so that it can be compared. */
export const idsOf = (answer: GroupAnswer): readonly string[] | 'unknown' =>
  answer === 'unknown' ? answer : [...answer].sort()
