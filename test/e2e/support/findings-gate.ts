import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type FindingsApp, startFindings } from 'findings'
import { freePort } from '../../support/free-port.ts'
import { ACME, type GateOptions, startGate } from '../../support/gate.ts'

export interface FindingsGateOptions extends Pick<GateOptions, 'now' | 'settings'> {
  /** Whether `/register` hands out the gateway's client id, or clients have to know it. */
  readonly registration?: 'none' | 'static'
}

/** The gate with a real MCP server behind it, which checks by itself the token that was minted for it. */
export async function startFindingsGate(options: FindingsGateOptions = {}) {
  const { registration = 'static', now, settings = '' } = options
  const port = await freePort()
  const gate = await startGate({
    ...(now && { now }),
    servers: () => `servers:
  findings:
    path: /findings/mcp
    upstream: http://127.0.0.1:${port}/mcp
    outbound: { kind: entra-obo }
`,
    settings: `facade: { registration: ${registration} }\n${settings}`,
  })
  const server = { audience: ACME.apiClientId, requiredScope: 'mcp.access' }
  await gate.admin.must('PUT', '/teamspaces/acme/connections/entra', gate.admin.connectionBody(ACME, { server }))

  const dataDir = await mkdtemp(join(tmpdir(), 'sallyport-findings-'))
  const start = () =>
    startFindings({
      port,
      dataDir,
      auth: { connectionsUrl: gate.adminUrl, clouds: { emulator: { authority: gate.emulator.url } } },
      ...(now && { now }),
    })
  let findings: FindingsApp = await start()

  return {
    ...gate,
    mcpUrl: `${gate.publicUrl}/findings/mcp`,
    teamspaceUrl: `${gate.publicUrl}/t/acme/findings/mcp`,
    /** Forgets every session, as a new version of the server would. */
    async restartFindings() {
      await findings.close()
      findings = await start()
    },
    async close() {
      await findings.close()
      await gate.close()
      await rm(dataDir, { recursive: true })
    },
  }
}

export type FindingsGate = Awaited<ReturnType<typeof startFindingsGate>>
