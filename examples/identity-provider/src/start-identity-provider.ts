import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createIdentityProvider } from './identity-provider.ts'
import type { IdentityProvider } from './identity-provider.ts'
import type { ProviderOptions } from './provider.ts'

export interface StartOptions extends ProviderOptions {
  /** 0 picks a free one. */
  readonly port: number
}

export interface RunningIdentityProvider extends Omit<IdentityProvider, 'listener'> {
  readonly issuer: string
  close(): Promise<void>
}

/** On this machine only: it lets anybody in as anybody. */
export async function startIdentityProvider({ port, ...options }: StartOptions): Promise<RunningIdentityProvider> {
  const server = createServer()
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', resolve)
  })
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const { listener, ...provider } = createIdentityProvider({ ...options, issuer })
  server.on('request', listener)
  return {
    ...provider,
    issuer,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
