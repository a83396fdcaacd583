import pino from 'pino'
import { bufferedDestination } from './buffered-destination.ts'

export type LogLevel = 'debug' | 'info' | 'warn' | 'error'

/** Lines with an `error` or a `fault` are errors; others have a `level` among their fields, or are information. */
export type Log = (message: string, fields?: object) => void

/** The one line that comes with every call. Its fields are plain, and some are always there. */
export const CALL_MESSAGE = 'call'

export interface LogDestination {
  write(line: string): void
  flush?: () => void
}

/** JSON lines. Only named fields are ever logged: no headers, no bodies, no tokens. */
export function createLog(destination: LogDestination = bufferedDestination(2), lowest: LogLevel = 'info'): Log {
  const serializers = { error: toSafeError, fault: toSafeError }
  const logger = pino({ base: null, level: lowest, serializers }, destination)
  const hasCalls = logger.isLevelEnabled('info')
  return (message, all = {}) => {
    if (message === CALL_MESSAGE) return void (hasCalls && destination.write(toCallLine(all)))
    const { level, ...fields } = all as { readonly level?: LogLevel }
    const failed = 'error' in fields || 'fault' in fields
    logger[level ?? (failed ? 'error' : 'info')](fields, message)
    destination.flush?.() // rare, and looked for at once
  }
}

const INFO = pino.levels.values['info']!

/** What pino would write of plain fields, in one go: with every call it counts. */
const toCallLine = (fields: object): string =>
  `{"level":${INFO},"time":${Date.now()},${JSON.stringify(fields).slice(1, -1)},"msg":"${CALL_MESSAGE}"}\n`

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
