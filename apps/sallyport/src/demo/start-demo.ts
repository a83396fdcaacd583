import { mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import path from 'node:path'
import { startEmulator } from 'entra-emulator'
import { startFindings } from 'findings'
import pino from 'pino'
import { createHttpAdminClient } from '../cli/admin-client.ts'
import { loadConfig } from '../config/load-config.ts'
import { startSallyport } from '../serve/start.ts'
import { createLog } from '../telemetry/log.ts'
import { loadDemoDirectory } from './demo-directory.ts'
import type { DemoTenant } from './demo-directory.ts'
import { demoConfigText } from './demo-files.ts'
import type { DemoFile, DemoPorts } from './demo-files.ts'
import { seedTeamspaces } from './seed-teamspaces.ts'

const HOST = '127.0.0.1'

export interface Demo {
  readonly file: DemoFile
  readonly dataDir: string
  close(): Promise<void>
}

/**
 * Everything on one machine: the Entra emulator, the gate, and the findings server behind it. Rejects with one clear
 * line, and with all of it closed again, when a part cannot start.
 */
export async function startDemo(portBase: number, dataDir: string): Promise<Demo> {
  const ports: DemoPorts = { gate: portBase, admin: portBase + 1, emulator: portBase + 2, findings: portBase + 3 }
  for (const port of Object.values(ports)) await checkFree(port)
  await mkdir(dataDir, { recursive: true, mode: 0o700 })
  const configFile = path.join(dataDir, 'sallyport.yaml')
  const draft = `${configFile}.${process.pid}`
  await writeFile(draft, demoConfigText(ports), { mode: 0o600 })
  const log = createLog(pino.destination({ dest: path.join(dataDir, 'sallyport.log'), sync: true, mode: 0o600 }))

  const started: { close(): Promise<void> }[] = []
  const close = async () => {
    for (const part of started.reverse()) await part.close()
  }
  try {
    const { seed, tenants } = await loadDemoDirectory()
    const emulator = await startEmulator({ seed, port: ports.emulator, host: HOST })
    started.push(emulator)
    // The operator's environment is for `serve`; a demo must not write to the database it names.
    const sallyport = await startSallyport(await loadConfig(draft, {}), { log })
    started.push(sallyport)
    await rename(draft, configFile) // not before the database is ours: another demo may be running on this folder
    await seedTeamspaces(createHttpAdminClient(sallyport, fetch), tenants)
    const findings = await startFindings({
      port: ports.findings,
      host: HOST,
      dataDir: path.join(dataDir, 'findings'),
      auth: { connectionsUrl: sallyport.adminUrl, clouds: { emulator: { authority: emulator.url } } },
      log: (line) => log(line),
    })
    started.push(findings)
    const file = describe(ports, tenants, sallyport.operatorToken)
    await writeFile(path.join(dataDir, 'demo.json'), `${JSON.stringify(file, undefined, 2)}\n`, { mode: 0o600 })
    return { file, dataDir, close }
  } catch (error) {
    await close()
    await rm(draft, { force: true })
    throw error
  }
}

function describe(ports: DemoPorts, tenants: readonly DemoTenant[], operatorToken: string): DemoFile {
  const url = (port: number) => `http://${HOST}:${port}`
  const publicUrl = url(ports.gate)
  return {
    publicUrl,
    adminUrl: url(ports.admin),
    emulatorUrl: url(ports.emulator),
    upstreamUrl: `${url(ports.findings)}/mcp`,
    mcpUrl: `${publicUrl}/findings/mcp`,
    operatorToken,
    teamspaces: tenants.map(({ slug, tenantId, gatewayClientId, apiClientId, members, strangers }) => ({
      slug,
      mcpUrl: `${publicUrl}/t/${slug}/findings/mcp`,
      tenantId,
      gatewayClientId,
      apiClientId,
      users: members,
      strangers,
    })),
  }
}

/** Looked at before anything starts, so that the answer is one line and nothing is left half open. */
function checkFree(port: number): Promise<void> {
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
