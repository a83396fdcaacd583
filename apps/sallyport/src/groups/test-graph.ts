import type { EntraConnectionRecord } from '../connections/connection.ts'
import { findCloud } from '../connections/find-cloud.ts'
import type { ConnectionTest } from '../connections/test-connection.ts'
import { GateFault } from '../outcome/fault.ts'
import { createGraphClient } from './graph-client.ts'
import type { GraphOptions } from './graph-token.ts'

interface Options extends GraphOptions {
  /** Whether the teamspace decides by groups. */
  readonly usesGroups: () => Promise<boolean>
}

/**
 * Adds to a test that went well whether the gateway client may ask Microsoft Graph for groups, as the gate does of people
 * whose token has too many to name. That it may not is a failure only where something goes by groups.
 */
export async function testGraph(
  connection: EntraConnectionRecord,
  result: ConnectionTest,
  { usesGroups, ...options }: Options,
): Promise<ConnectionTest> {
  if (result.outcome !== 'ok' || 'cluster' in result) return result
  const says = await findProblem(connection, options)
  if (says === undefined) return result
  if (connection.groups === 'graph' || (await usesGroups())) return { outcome: 'groups_unavailable', says }
  return { ...result, warnings: [says] }
}

/** An object id that nobody has: whoever may ask is answered that it is not there, and whoever may not, that they may not. */
const NOBODY = '00000000-0000-0000-0000-000000000000'

/** What stands between the gateway client and the groups of people; undefined where nothing does, or nobody would ask. */
async function findProblem(connection: EntraConnectionRecord, options: GraphOptions): Promise<string | undefined> {
  const graph = findCloud(options.clouds, connection.cloud)?.graph?.replace(/\/$/, '')
  if (graph === undefined || !connection.onBehalfOf || connection.groups === 'token') return undefined
  try {
    await createGraphClient(connection, graph, options).groupsOf('users', NOBODY)
    return undefined
  } catch (fault) {
    if (!(fault instanceof GateFault)) throw fault
    return fault.message
  }
}
