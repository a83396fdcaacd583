import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client'
import { startFindings } from '../src/start-findings.ts'
import { startLocalEntra } from './local-entra.ts'

export type Mode = { pin: '2026-07-28' } | 'legacy' | 'auto'
export type Findings = Awaited<ReturnType<typeof startFindingsWithEntra>>

export async function startFindingsWithEntra() {
  const dataDir = await mkdtemp(join(tmpdir(), 'findings-'))
  const entra = await startLocalEntra()
  const lines: string[] = []
  const findings = await startFindings({
    port: 0,
    dataDir,
    auth: { connectionsUrl: entra.url, clouds: entra.clouds },
    log: (line) => lines.push(line),
  })
  return {
    entra,
    dataDir,
    lines,
    url: findings.url,
    lastAuth: findings.lastAuth,
    async close() {
      await findings.close()
      await entra.close()
      await rm(dataDir, { recursive: true })
    },
  }
}

export async function connect(t: TestContext, url: string, accessToken: string, mode: Mode = 'auto') {
  const client = new Client({ name: 'test', version: '1.0.0' }, { versionNegotiation: { mode } })
  const headers = { authorization: `Bearer ${accessToken}` }
  await client.connect(new StreamableHTTPClientTransport(new URL(url), { requestInit: { headers } }))
  t.after(() => client.close())
  return client
}

/** Calls a tool and returns its structured result, or throws what it refused with. */
export async function call(client: Client, name: string, parameters: Record<string, unknown> = {}) {
  const { structuredContent, isError, content } = await client.callTool({ name, arguments: parameters })
  if (isError) throw new Error(content.map((block) => ('text' in block ? block.text : block.type)).join())
  return structuredContent as Record<string, unknown>
}
