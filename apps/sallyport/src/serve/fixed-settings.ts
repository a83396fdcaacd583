import { isDeepStrictEqual } from 'node:util'
import type { Config } from '../config/config.ts'

/** What a process cannot change while it runs: where it listens, what its database is opened with, what it records, and how much it logs. */
const FIXED = [
  'listen',
  'database',
  'sealingKey',
  'operatorToken',
  'logLevel',
  'audit',
] as const satisfies readonly (keyof Config)[]

/** The next configuration with the fixed settings of the present one, and the names of those that differ. */
export function fixedSettings(present: Config, next: Config): { config: Config; kept: readonly string[] } {
  const kept = FIXED.filter((name) => !isDeepStrictEqual(present[name], next[name]))
  const fixed = Object.fromEntries(FIXED.map((name) => [name, present[name]]))
  return { config: Object.freeze({ ...next, ...fixed }), kept }
}
