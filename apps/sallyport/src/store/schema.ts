import type { InstanceTable } from './instance.table.ts'

/** One member per table. Both engines: ids are UUID text, times integer milliseconds, booleans 0/1, JSON text. */
export interface Database {
  instance: InstanceTable
}
