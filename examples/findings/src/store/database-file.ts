import { join } from 'node:path'

const TEAMSPACE_ID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/

/**
 * The database file of one teamspace. Injective, also where file names ignore case: only lower-case UUIDs pass, and
 * they are taken as they are. Cleaning up any other id could give two teamspaces one file.
 */
export function databaseFileFor(dataDir: string, teamspaceId: string): string {
  if (!TEAMSPACE_ID.test(teamspaceId)) throw new TypeError('A teamspace id is a UUID in lower case')
  return join(dataDir, `findings-${teamspaceId}.db`)
}
