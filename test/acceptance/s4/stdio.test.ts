import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { text } from 'node:stream/consumers'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { expectRefusal } from '../../support/refusals.ts'
import { startTokenGate } from './support.ts'

const FINDINGS = new URL('../../../examples/findings/src/main.ts', import.meta.url).pathname

const { NODE_COMPILE_CACHE } = process.env
const SESSION = [
  { jsonrpc: '2.0', id: 1, method: 'initialize', params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'test', version: '1' } } },
  { jsonrpc: '2.0', method: 'notifications/initialized' },
  { jsonrpc: '2.0', id: 2, method: 'tools/call', params: { name: 'whoami', arguments: {} } },
] // prettier-ignore

/** A real MCP server over stdio, asked whose data it reads. */
async function askOverStdio(t: TestContext, env: Record<string, string>) {
  const folder = await mkdtemp(path.join(tmpdir(), 'sallyport-stdio-'))
  t.after(() => rm(folder, { recursive: true }))
  const child = spawn(process.execPath, [FINDINGS, '--stdio', '--data-dir', folder], {
    env: { NODE_COMPILE_CACHE, ...env }, // where modules are kept that have been compiled before
  })
  t.after(() => child.kill())
  const warnings = text(child.stderr)
  const lines: string[] = []
  const answered = new Promise<void>((resolve) => {
    let rest = ''
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      const parts = (rest + chunk).split('\n')
      rest = parts.pop()!
      lines.push(...parts)
      if (lines.some((line) => JSON.parse(line).id === 2)) resolve()
    })
    child.once('exit', () => resolve())
  })
  for (const message of SESSION) child.stdin.write(`${JSON.stringify(message)}\n`)
  await answered
  child.stdin.end()
  child.kill()
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
  const answer = lines.map((line) => JSON.parse(line)).find(({ id }) => id === 2)
  return { teamspaceId: answer?.result.structuredContent.teamspaceId, warnings: await warnings }
}

test('S4 12: over stdio the teamspace is STDIO_TENANT_ID, or dev, and stderr warns; every line on stdout is protocol', async (t) => {
  const [named, unnamed] = await Promise.all([askOverStdio(t, { STDIO_TENANT_ID: 'acme' }), askOverStdio(t, {})])
  assert.equal(named.teamspaceId, 'acme')
  assert.match(named.warnings, /WARNING: stdio is not for production.*"acme"/)
  assert.equal(unnamed.teamspaceId, 'dev')
  assert.match(unnamed.warnings, /WARNING: stdio is not for production.*"dev"/)
})

test('S4 12: over HTTP STDIO_TENANT_ID has no effect: without a token nobody is let in', async (t) => {
  const before = process.env['STDIO_TENANT_ID']
  t.after(() =>
    before === undefined ? delete process.env['STDIO_TENANT_ID'] : (process.env['STDIO_TENANT_ID'] = before),
  )
  process.env['STDIO_TENANT_ID'] = 'acme'
  const { gate } = await startTokenGate(t, { env: { STDIO_TENANT_ID: 'acme' } })
  await expectRefusal(gate, () => gate.call(undefined), { status: 401, code: 'token_missing' })
})
