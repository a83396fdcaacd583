import type { Selectable } from 'kysely'

/** Calls of one teamspace in one span of time, seen from one side. Several Sallyports add to the same rows. */
export interface CallCountTable {
  /** Empty for calls that belong to no teamspace; `*` for all calls together. */
  teamspace_id: string
  /** Seconds that the row is about: a step of one of the ranges that can be asked for. */
  span: number
  dimension: Dimension
  /** When the span begins; calls count by their own beginning, as in the audit trail. */
  at: number
  /** Empty for calls that reached none, and in `duration` and `gate`. */
  server: string
  /** What is counted: see `Dimension`. */
  name: string
  calls: number
  /** How many of the calls were refused. */
  denied: number
  /** How many of the calls ended by a fault. */
  faults: number
}

/**
 * `outcome`: `name` is `ok`, or the code of a refusal or fault. `tool`: `name` is the tool's, empty for those beyond the
 * names that are kept. `duration` and `gate`: `name` is the number of a bucket, of the time of the whole call and of the
 * part of it that the server behind did not take.
 */
export type Dimension = 'outcome' | 'tool' | 'duration' | 'gate'

export type CallCountRow = Selectable<CallCountTable>

/** The last batch that each Sallyport wrote, so that none is added twice. */
export interface CallCountWriterTable {
  id: string
  batch: number
  at: number
}

export const DIMENSIONS: readonly Dimension[] = ['outcome', 'tool', 'duration', 'gate']
/** Stands for all teamspaces in `teamspace_id`, and is no UUID. */
export const ALL_TEAMSPACES = '*'
