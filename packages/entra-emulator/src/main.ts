#!/usr/bin/env node
import { parseArgs } from 'node:util'
import type { Emulator } from './emulator.ts'
import { startEmulator } from './start-emulator.ts'
import { demoSeedUrl } from './index.ts'
import { loadSeed } from './load-seed.ts'

const USAGE = `Usage: entra-emulator [--port 8082] [--seed FILE]

An offline Microsoft Entra ID for laptops and tests. It listens on 127.0.0.1.
  --port  where to listen (default 8082; 0 takes a free port)
  --seed  a JSON file of tenants, users and applications (default: tenants Acme and Globex)
`

function readPort(text: string): number {
  const port = Number(text)
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    throw new Error(`--port must be between 0 and 65535, not '${text}'`)
  return port
}

function describe({ url, seed }: Emulator): string {
  const lines = [`Entra emulator at ${url}`]
  for (const tenant of seed.tenants) {
    lines.push('', `${tenant.displayName} (${tenant.domains[0] ?? tenant.id})`, `  issuer  ${url}/${tenant.id}/v2.0`)
    for (const app of tenant.apps) lines.push(`  client  ${app.appId}  ${app.displayName}`)
    for (const user of tenant.users) lines.push(`  user    ${user.userPrincipalName}  password: ${user.password}`)
  }
  lines.push('', `Use ${url} wherever a client says https://login.microsoftonline.com,`)
  lines.push(`and ${url}/graph for https://graph.microsoft.com. Switches: ${url}/_emulator/`, 'Ctrl-C stops it.')
  return lines.join('\n')
}

async function main(): Promise<void> {
  const options = {
    port: { type: 'string', default: '8082' },
    seed: { type: 'string' },
    help: { type: 'boolean' },
  } as const
  const { values } = parseArgs({ options })
  if (values.help) return void process.stdout.write(USAGE)
  const seed = await loadSeed(values.seed ?? demoSeedUrl)
  const emulator = await startEmulator({ seed, port: readPort(values.port), log: (line) => console.error(line) })
  console.log(describe(emulator))
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void emulator.close())
}

main().catch((error: unknown) => {
  console.error(`entra-emulator: ${error instanceof Error ? error.message : String(error)}`)
  process.exitCode = 1
})
