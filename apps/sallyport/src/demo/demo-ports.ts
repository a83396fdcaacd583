import { createServer } from 'node:net'

export const HOST = '127.0.0.1'
const PARTS = ['gate', 'admin', 'emulator', 'findings', 'identityProvider', 'cluster'] as const

/** One port for each part, in a row. */
export type DemoPorts = Readonly<Record<(typeof PARTS)[number], number>>

export const DEMO_PORT_COUNT = PARTS.length

export const portsFrom = (base: number): DemoPorts =>
  Object.fromEntries(PARTS.map((part, index) => [part, base + index])) as DemoPorts

export const urlOf = (port: number) => `http://${HOST}:${port}`

/** Looked at before anything starts, so that the answer is one line and nothing is left half open. */
export function checkFree(port: number): Promise<void> {
  const probe = createServer()
  return new Promise((resolve, reject) => {
    probe.once('error', (error: NodeJS.ErrnoException) =>
      reject(
        error.code === 'EADDRINUSE'
          ? new Error(`port ${port} is in use; stop the program that has it, or choose others with --port-base`)
          : error,
      ),
    )
    probe.listen(port, HOST, () => probe.close(() => resolve()))
  })
}
