import { sql } from 'kysely'
import type { Kysely } from 'kysely'
import type { Database } from '../store/schema.ts'
import type { CallCountRow, Dimension } from './call-count.table.ts'
import type { TimeRange } from './range.ts'

export type StepCount = Pick<CallCountRow, 'at' | 'name' | 'calls' | 'denied' | 'faults'>
export type NameCount = Pick<CallCountRow, 'server' | 'name' | 'calls' | 'denied' | 'faults'>

/** Bound to one teamspace, or to all together, when it is made. */
export function countRepository(db: Kysely<Database>, teamspaceId: string) {
  const between = (dimension: Dimension, span: number, from: number, until: number) =>
    db
      .selectFrom('call_count')
      .where('teamspace_id', '=', teamspaceId)
      .where('span', '=', span)
      .where('dimension', '=', dimension)
      .where('at', '>=', from)
      .where('at', '<', until)
      .select((row) => [
        row.fn.sum<number>('calls').as('calls'),
        row.fn.sum<number>('denied').as('denied'),
        row.fn.sum<number>('faults').as('faults'),
      ])

  return {
    /** By step and name, those of the range before included. */
    async bySteps(dimension: Dimension, { span, stepSeconds, previousFrom, until }: TimeRange): Promise<StepCount[]> {
      const step = sql<number>`(at - at % ${sql.lit(stepSeconds * 1000)})`
      const rows = await between(dimension, span, previousFrom, until)
        .select(['name', step.as('step')])
        .groupBy([step, 'name'])
        .execute()
      return rows.map(({ step: at, name, ...tally }) => ({ at: Number(at), name, ...toNumbers(tally) }))
    },

    /** By server and name, in the range alone. */
    async byNames(dimension: Dimension, { span, from, until }: TimeRange): Promise<NameCount[]> {
      const rows = await between(dimension, span, from, until)
        .select(['server', 'name'])
        .groupBy(['server', 'name'])
        .execute()
      return rows.map(({ server, name, ...tally }) => ({ server, name, ...toNumbers(tally) }))
    },
  }
}

/** Postgres sums into a type that does not fit into a number, and sends it as text. */
const toNumbers = ({ calls, denied, faults }: Record<'calls' | 'denied' | 'faults', number>) => ({
  calls: Number(calls),
  denied: Number(denied),
  faults: Number(faults),
})
