import { open } from 'node:fs/promises'
import path from 'node:path'
import type { ClientCredential } from '../connections/connection.ts'
import { CommandFailed } from './terminal.ts'

/** Secrets come from files only: command lines are seen by every process of the machine. */
export interface CredentialOptions {
  readonly gatewaySecretFile?: string
  readonly gatewayCertificateFile?: string
  readonly gatewayKeyFile?: string
  readonly gatewayFederatedTokenFile?: string
}

const MAX_FILE_BYTES = 32 * 1024

export async function readCredential(options: CredentialOptions): Promise<ClientCredential | undefined> {
  const { gatewaySecretFile, gatewayCertificateFile, gatewayKeyFile, gatewayFederatedTokenFile } = options
  if ((gatewayCertificateFile === undefined) !== (gatewayKeyFile === undefined)) {
    throw new CommandFailed('--gateway-certificate-file and --gateway-key-file go together')
  }
  const kinds = [gatewaySecretFile, gatewayCertificateFile, gatewayFederatedTokenFile].filter(
    (file) => file !== undefined,
  )
  if (kinds.length > 1)
    throw new CommandFailed('The gateway has one credential: a secret, a certificate or a federated token')

  if (gatewaySecretFile !== undefined) {
    return { kind: 'secret', secret: (await readText(gatewaySecretFile)).replace(/\r?\n$/, '') }
  }
  if (gatewayCertificateFile !== undefined && gatewayKeyFile !== undefined) {
    const certificatePem = await readText(gatewayCertificateFile)
    return { kind: 'certificate', certificatePem, privateKeyPem: await readText(gatewayKeyFile) }
  }
  // Read by the gateway at each exchange, because the platform rotates it: only the path is kept.
  if (gatewayFederatedTokenFile !== undefined) {
    return { kind: 'federated', tokenFile: path.resolve(gatewayFederatedTokenFile) }
  }
  return undefined
}

async function readText(file: string): Promise<string> {
  try {
    await using handle = await open(file)
    const { bytesRead, buffer } = await handle.read(Buffer.alloc(MAX_FILE_BYTES + 1))
    if (bytesRead > MAX_FILE_BYTES) throw new CommandFailed(`${file} is too large for a credential`)
    return buffer.toString('utf8', 0, bytesRead)
  } catch (error) {
    if (error instanceof CommandFailed) throw error
    throw new CommandFailed(`${file} cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unknown reason'})`)
  }
}
