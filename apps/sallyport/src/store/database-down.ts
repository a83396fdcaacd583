/** Of the operating system: nobody is there, or the line is dead. */
const UNREACHABLE = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
])

/**
 * SQLSTATE: connections, resources, rollbacks that a repeat may get around, interventions of the operator, trouble of the
 * system, and a database or a user that is not there (any more).
 */
const STATES = /^(?:08|53|57|58|25P03|3D000|40|28)/

/** Primary result codes: busy, locked, read-only, I/O error, full, cannot open. */
const SQLITE = new Set([5, 6, 8, 10, 13, 14])

/**
 * Of drivers, whose errors for these have no code; and of SQLite, which on a full disk ends a transaction by itself, so that
 * all that is heard of it is that it cannot be ended again.
 */
const SAYS =
  /^(?:cannot rollback - no transaction is active|Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error|the database did not answer in time|driver has already been destroyed|database is not open)/

/** The database cannot do its work now, and may later: not the fault of whoever asked, nor of what they asked for. */
export function isDatabaseDown(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  const { code, errcode } = error as { code?: unknown; errcode?: unknown }
  if (SAYS.test(error.message)) return true
  if (code === 'ERR_SQLITE_ERROR') return typeof errcode === 'number' && SQLITE.has(errcode & 0xff)
  return typeof code === 'string' && (UNREACHABLE.has(code) || (code.length === 5 && STATES.test(code)))
}
