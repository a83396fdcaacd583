import pino from 'pino'
import type { DestinationStream } from 'pino'

export type Log = (message: string, fields?: object) => void

/** JSON lines. Only named fields are ever logged: no headers, no bodies, no tokens. */
export function createLog(destination: DestinationStream = pino.destination({ fd: 2, sync: true })): Log {
  const logger = pino({ base: null, serializers: { error: toSafeError, fault: toSafeError } }, destination)
  return (message, fields = {}) => {
    const failed = 'error' in fields || 'fault' in fields
    logger[failed ? 'error' : 'info'](fields, message)
  }
}

/** An error's own words and where it happened; nothing that libraries hang on it, such as requests or answers. */
function toSafeError(error: unknown): object {
  if (!(error instanceof Error)) return { message: String(error).slice(0, 500) }
  const code = (error as NodeJS.ErrnoException).code
  return {
    name: error.name,
    message: error.message.slice(0, 500),
    ...(code !== undefined && { code }),
    stack: error.stack?.split('\n').slice(1, 6).join('\n'),
    ...(error.cause !== undefined && { cause: toSafeError(error.cause) }),
  }
}
