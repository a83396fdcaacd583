import { setImmediate } from 'node:timers/promises'
import type { Kysely } from 'kysely'
import type { ConnectionKind } from '../connections/connection.ts'
import type { ConnectionTest } from '../connections/test-connection.ts'
import type { TimeRange } from '../statistics/range.ts'
import type { Database } from '../store/schema.ts'
import type { ConnectionState, GroupSyncState, TeamspaceState } from './teamspace-state.ts'

type Db = Kysely<Database>

/** How all teamspaces stand: a question for each kind of thing, however many teamspaces there are. */
export async function readStates(db: Db, range: TimeRange, now: number): Promise<TeamspaceState[]> {
  const teamspaces = await db.selectFrom('teamspace').select(['id', 'slug', 'name', 'created_at']).execute()
  const [members, connections, calls, groupSyncs, scim] = await Promise.all([
    countMembers(db),
    readConnections(db),
    readCalls(
      db,
      teamspaces.map(({ id }) => id),
      range,
    ),
    readGroupSyncs(db),
    readScimUses(db, now),
  ])
  return teamspaces.map(({ id, slug, name, created_at: createdAt }) => ({
    slug,
    name,
    createdAt,
    members: members.get(id) ?? 0,
    connections: connections.get(id) ?? [],
    calls: calls.get(id) ?? [],
    groupSync: groupSyncs.get(id),
    scimSeenAt: scim.get(id),
  }))
}

async function countMembers(db: Db): Promise<Map<string, number>> {
  const rows = await db
    .selectFrom('member')
    .select((row) => ['teamspace_id', row.fn.countAll<number>().as('members')])
    .groupBy('teamspace_id')
    .execute()
  return new Map(rows.map(({ teamspace_id, members }) => [teamspace_id, Number(members)]))
}

async function readConnections(db: Db): Promise<Map<string, ConnectionState[]>> {
  const rows = await db
    .selectFrom('connection')
    .leftJoin('connection_test', 'connection_test.connection_id', 'connection.id')
    .select(['teamspace_id', 'kind', 'updated_at', 'tested_version', 'outcome'])
    .orderBy('kind')
    .execute()
  const toState = ({ kind, outcome, tested_version, updated_at }: (typeof rows)[number]): ConnectionState => ({
    kind: kind as ConnectionKind,
    lastTest:
      outcome === null
        ? undefined
        : { outcome: outcome as ConnectionTest['outcome'], isStale: tested_version !== updated_at },
  })
  return mapGroups(rows, toState)
}

/** Teamspaces in one statement. Each is a stretch of the key of its own, and SQLite reads on the event loop. */
const AT_ONCE = 25

async function readCalls(db: Db, ids: readonly string[], range: TimeRange) {
  const found: CallRow[] = []
  for (let start = 0; start < ids.length; start += AT_ONCE) {
    const rows = await db
      .selectFrom('call_count')
      .select((row) => [
        'teamspace_id',
        'server',
        row.fn.sum<number>('calls').as('calls'),
        row.fn.sum<number>('denied').as('denied'),
        row.fn.sum<number>('faults').as('faults'),
      ])
      .where('teamspace_id', 'in', ids.slice(start, start + AT_ONCE))
      .where('span', '=', range.stepSeconds)
      .where('dimension', '=', 'outcome')
      .where('at', '>=', range.from)
      .where('at', '<', range.until)
      .groupBy(['teamspace_id', 'server'])
      .orderBy('server')
      .execute()
    found.push(...rows)
    await setImmediate() // calls go before whoever looks on
  }
  // Postgres sums into a type that does not fit into a number, and sends it as text.
  return mapGroups(found, ({ server, calls, denied, faults }) => ({
    server,
    calls: Number(calls),
    denied: Number(denied),
    faults: Number(faults),
  }))
}

interface CallRow {
  readonly teamspace_id: string
  readonly server: string
  readonly calls: number
  readonly denied: number
  readonly faults: number
}

async function readGroupSyncs(db: Db): Promise<Map<string, GroupSyncState>> {
  const last = db
    .selectFrom('group_sync_run')
    .select((row) => ['teamspace_id', row.fn.max('started_at').as('started_at')])
    .where('outcome', '!=', 'running')
    .groupBy('teamspace_id')
  const rows = await db
    .selectFrom('group_sync')
    .leftJoin(last.as('last'), 'last.teamspace_id', 'group_sync.teamspace_id')
    .leftJoin('group_sync_run as run', (join) =>
      join.onRef('run.teamspace_id', '=', 'last.teamspace_id').onRef('run.started_at', '=', 'last.started_at'),
    )
    .select(['group_sync.teamspace_id', 'group_sync.held_set', 'run.outcome'])
    .execute()
  return new Map(
    rows.map(({ teamspace_id, held_set, outcome }) => [
      teamspace_id,
      { isHeld: held_set !== null, lastOutcome: outcome === null || outcome === 'running' ? undefined : outcome },
    ]),
  )
}

async function readScimUses(db: Db, now: number): Promise<Map<string, number>> {
  const rows = await db
    .selectFrom('scim_token')
    .select((row) => ['teamspace_id', row.fn.max(row.fn.coalesce('last_used_at', 'created_at')).as('seen_at')])
    .where('revoked_at', 'is', null)
    .where(({ eb, or }) => or([eb('expires_at', 'is', null), eb('expires_at', '>', now)]))
    .groupBy('teamspace_id')
    .execute()
  return new Map(rows.map(({ teamspace_id, seen_at }) => [teamspace_id, Number(seen_at)]))
}

function mapGroups<Row extends { readonly teamspace_id: string }, Item>(
  rows: readonly Row[],
  toItem: (row: Row) => Item,
): Map<string, Item[]> {
  const groups = new Map<string, Item[]>()
  for (const row of rows) {
    const group = groups.get(row.teamspace_id)
    if (group) group.push(toItem(row))
    else groups.set(row.teamspace_id, [toItem(row)])
  }
  return groups
}
