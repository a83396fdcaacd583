import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { describe, test, type TestContext } from 'node:test'
import { Client } from '@modelcontextprotocol/client'
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio'
import { call } from '../test/findings-with-entra.ts'
import { postTool, resultOf } from '../test/tool-call.ts'

const MAIN = new URL('main.ts', import.meta.url).pathname
/** Says where modules are kept that have been compiled before; nothing else of our environment is passed on. */
const { NODE_COMPILE_CACHE } = process.env
const COMPILED: Readonly<Record<string, string>> = NODE_COMPILE_CACHE ? { NODE_COMPILE_CACHE } : {}

function temporaryFolder(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'findings-main-'))
  t.after(() => rmSync(folder, { recursive: true }))
  return folder
}

async function run(argv: string[], env: Record<string, string> = {}) {
  const child = spawn(process.execPath, [MAIN, ...argv], {
    env: { ...COMPILED, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const [stdout, stderr, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')])
  return { stdout, stderr, code: code as number }
}

async function startHttp(t: TestContext, argv: string[], env: Record<string, string> = {}) {
  const child = spawn(process.execPath, [MAIN, '--port=0', ...argv], {
    env: { ...COMPILED, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const [line] = (await once(createInterface(child.stdout), 'line')) as [string]
  t.after(() => ended(child))
  return { url: line.replace('findings listens on ', ''), end: () => ended(child) }
}

async function ended(child: ChildProcess) {
  if (child.exitCode !== null) return child.exitCode
  child.kill('SIGTERM')
  const [code] = (await once(child, 'exit')) as [number]
  return code
}

describe('the program', { concurrency: true }, () => {
  test('S4-04 S4 4 a token that the command mints is let in, and refused once another process revokes it', async (t) => {
    const folder = ['--data-dir', temporaryFolder(t)]
    const minted = await run(['token', 'mint', '--teamspace', 'acme', '--name', 'Claude Desktop', ...folder])
    assert.match(minted.stdout, /^mcpt_[A-Za-z0-9_-]{43}\n$/)
    const token = minted.stdout.trim()
    const server = await startHttp(t, folder)
    assert.equal((await resultOf(await postTool(server.url, token)))['teamspaceId'], 'acme')

    const listed = await run(['token', 'list', '--teamspace=acme', ...folder])
    assert.ok(listed.stdout.includes('Claude Desktop') && listed.stdout.includes(token.slice(0, 12)))
    assert.ok(!listed.stdout.includes(token))
    const id = listed.stdout.split(' ', 1)[0] ?? ''
    const foreign = await run(['token', 'revoke', '--teamspace=globex', id, ...folder])
    assert.deepEqual([foreign.code, foreign.stdout], [2, ''])
    assert.equal((await postTool(server.url, token)).status, 200)

    assert.equal((await run(['token', 'revoke', '--teamspace=acme', id, ...folder])).code, 0)
    assert.equal((await postTool(server.url, token)).status, 401)
    assert.equal(await server.end(), 0)
  })

  test('S4-51 over HTTP STDIO_TENANT_ID lets nobody in', async (t) => {
    const { url } = await startHttp(t, ['--data-dir', temporaryFolder(t)], { STDIO_TENANT_ID: 'acme' })
    assert.equal((await postTool(url, undefined)).status, 401)
  })

  for (const [mode, version] of [
    [{ pin: '2026-07-28' }, '2026-07-28'],
    ['legacy', '2025-11-25'],
  ] as const) {
    test(`S4 12 a client over stdio gets the twelve tools, as teamspace STDIO_TENANT_ID (${version})`, async (t) => {
      const { client, warnings } = await startStdio(t, { STDIO_TENANT_ID: 'acme' }, mode)
      assert.equal(client.getNegotiatedProtocolVersion(), version)
      assert.equal((await client.listTools()).tools.length, 12)
      const seen = await Promise.all([call(client, 'whoami'), call(client, 'whoami')])
      seen.forEach(({ kind, teamspaceId }) => assert.deepEqual([kind, teamspaceId], ['stdio', 'acme']))
      const [first] = (await call(client, 'list_findings', { limit: 1 }))['findings'] as [{ id: string }]
      await call(client, 'acknowledge_finding', { id: first.id })
      const scanned: number[] = []
      const rescan = { name: 'rescan', arguments: { steps: 3, intervalMs: 20 } }
      await client.callTool(rescan, { onprogress: ({ progress }) => scanned.push(progress) })
      // The client drops the last one when it is read together with the result.
      assert.deepEqual(scanned.slice(0, 2), [1, 2])
      await client.close()
      assert.match(await warnings, /WARNING: stdio is not for production.*"acme"/)
    })
  }

  test('S4-50 S5-07a unnamed it is dev; settings of HTTP are ignored with one line', async (t) => {
    const { client, warnings } = await startStdio(t, {}, 'legacy', ['--port=1', '--connections-url=x'])
    assert.equal((await call(client, 'whoami'))['teamspaceId'], 'dev')
    await client.close()
    const lines = (await warnings).trim().split('\n')
    assert.equal(lines[0], 'info: stdio has no use for --port, --connections-url')
    assert.equal(lines.filter((line) => line.startsWith('WARNING')).length, 1)
  })

  test('S4-51 stdio refuses _admin, and in production a teamspace that nobody named, before a byte of protocol', async () => {
    for (const env of [{ STDIO_TENANT_ID: '_admin' }, { NODE_ENV: 'production' }]) {
      const { code, stdout, stderr } = await run(['--stdio'], env)
      assert.deepEqual([code, stdout], [2, ''])
      assert.match(stderr, /reserved|is not set/)
    }
  })

  test('a wrong command is answered with the usage and code 2', async (t) => {
    const folder = ['--data-dir', temporaryFolder(t)]
    for (const argv of [
      ['--nonsense'],
      ['token'],
      ['token', 'mint', '--teamspace=acme', ...folder],
      ['token', 'mint'],
    ]) {
      const { code, stderr } = await run(argv)
      assert.equal(code, 2)
      assert.match(stderr, /--stdio/)
    }
  })
})

async function startStdio(
  t: TestContext,
  env: Record<string, string>,
  mode: 'legacy' | { pin: '2026-07-28' },
  argv: string[] = [],
) {
  const args = [MAIN, '--stdio', '--data-dir', temporaryFolder(t), ...argv]
  const transport = new StdioClientTransport({
    command: process.execPath,
    args,
    env: { ...COMPILED, ...env },
    stderr: 'pipe',
  })
  const warnings = text(transport.stderr as Readable)
  const client = new Client({ name: 'test', version: '1.0.0' }, { versionNegotiation: { mode } })
  await client.connect(transport)
  t.after(() => client.close())
  return { client, warnings }
}
