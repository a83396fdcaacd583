import type { Log } from '../telemetry/log.ts'

/**
 * Reads the configuration again at each SIGHUP, one time after the other. One that cannot be used is logged and changes
 * nothing. Returns the way to stop.
 */
export function onHangUp(reload: () => Promise<void>, log: Log): () => void {
  let last = Promise.resolve()
  const hear = () => {
    last = last.then(reload).catch((error: unknown) => {
      log('The configuration was not taken; the one before stays in force', { error })
    })
  }
  process.on('SIGHUP', hear)
  return () => process.off('SIGHUP', hear)
}
