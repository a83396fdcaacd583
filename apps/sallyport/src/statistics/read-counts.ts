import { sql } from 'kysely'
import type { Kysely } from 'kysely'
import type { Database } from '../store/schema.ts'
import type { CallCountRow, Dimension } from './call-count.table.ts'
import type { TimeRange } from './range.ts'

export type StepCount = Pick<CallCountRow, 'at' | 'server' | 'name' | 'calls' | 'denied' | 'faults'>
export type NameCount = Pick<CallCountRow, 'server' | 'name' | 'calls' | 'denied' | 'faults'>
export interface BucketCount {
  readonly name: string
  readonly calls: number
  /** Whether it is of the time before. */
  readonly isPrevious: boolean
}

/** Bound to one teamspace, or to all together, when it is made. */
export function countRepository(db: Kysely<Database>, teamspaceId: string) {
  const between = (dimension: Dimension, { stepSeconds, until }: TimeRange, from: number) =>
    db
      .selectFrom('call_count')
      .where('teamspace_id', '=', teamspaceId)
      .where('span', '=', stepSeconds)
      .where('dimension', '=', dimension)
      .where('at', '>=', from)
      .where('at', '<', until)

  return {
    /** Of each step, those of the time before included. */
    bySteps: (dimension: Dimension, range: TimeRange): Promise<StepCount[]> =>
      between(dimension, range, range.previousFrom)
        .select(['at', 'server', 'name', 'calls', 'denied', 'faults'])
        .execute(),

    /** By server and name, in the range alone. */
    async byNames(dimension: Dimension, range: TimeRange): Promise<NameCount[]> {
      const rows = await between(dimension, range, range.from)
        .select((row) => [
          'server',
          'name',
          row.fn.sum<number>('calls').as('calls'),
          row.fn.sum<number>('denied').as('denied'),
          row.fn.sum<number>('faults').as('faults'),
        ])
        .groupBy(['server', 'name'])
        .execute()
      // Postgres sums into a type that does not fit into a number, and sends it as text.
      return rows.map(({ server, name, calls, denied, faults }) => ({
        server,
        name,
        calls: Number(calls),
        denied: Number(denied),
        faults: Number(faults),
      }))
    },

    /** By name alone, in the range and in the time before. */
    async byBuckets(dimension: Dimension, range: TimeRange): Promise<BucketCount[]> {
      const isPrevious = sql<number>`case when at < ${sql.lit(range.from)} then 1 else 0 end`
      const rows = await between(dimension, range, range.previousFrom)
        .select((row) => ['name', isPrevious.as('previous'), row.fn.sum<number>('calls').as('calls')])
        .groupBy(['name', isPrevious])
        .execute()
      return rows.map(({ name, calls, previous }) => ({
        name,
        calls: Number(calls),
        isPrevious: previous === 1,
      }))
    },
  }
}
