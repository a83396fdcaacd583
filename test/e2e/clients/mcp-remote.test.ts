import assert from 'node:assert/strict'
import { readdir } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { after, before, test } from 'node:test'
import { ACME } from '../../support/gate.ts'
import { signInAt } from '../support/browser.ts'
import { type FindingsGate, startFindingsGate } from '../support/findings-gate.ts'
import { type Program, untilNobodyLivesIn, startProgram, temporaryHome } from '../support/program.ts'
import { assertIsAda } from '../support/whoami.ts'

const packageFile = createRequire(import.meta.url).resolve('mcp-remote/package.json')
const MCP_REMOTE = join(dirname(packageFile), 'dist/proxy.js')
const ADA = { email: ACME.ada.email, password: 'ada-password' }

let gate: FindingsGate
before(async () => void (gate = await startFindingsGate()))
after(() => gate.close())

for (const address of ['mcpUrl', 'teamspaceUrl'] as const) {
  test(
    `mcp-remote (${address}) finds the sign-in, registers, signs in and carries calls from stdio`,
    { timeout: 60_000 },
    async (t) => {
      const { home, env } = await temporaryHome(t)
      const remote = startProgram(t, [MCP_REMOTE, gate[address]], { cwd: home, env })
      const [, authorizationUrl] = await remote.sees(/(http\S+\/authorize\?\S+)/)
      await fetch(await signInAt(new URL(authorizationUrl!), ADA))
      await remote.sees(/Proxy established successfully/)

      const ask = stdioClient(remote)
      const clientInfo = { name: 'end-to-end', version: '1.0.0' }
      const initialized = await ask('initialize', { protocolVersion: '2025-11-25', capabilities: {}, clientInfo })
      assert.equal(initialized.protocolVersion, '2025-11-25')
      assertIsAda(await ask('tools/call', { name: 'whoami', arguments: {} }))
      await gate.restartFindings() // it is told 404, and starts another session by itself
      const whoami = () => ask('tools/call', { name: 'whoami', arguments: {} })
      // The first call may meet a connection that is just ending with the old server, which is a 502 to try again.
      assertIsAda((await whoami()) ?? (await whoami()))
      remote.stdin.end()
      await remote.end()
      assert.ok((await readdir(home)).includes('.mcp-auth')) // and so not in the real one
      await untilNobodyLivesIn(home)
    },
  )
}

/** JSON-RPC by lines, one request at a time. */
function stdioClient({ stdin, sees }: Program) {
  let lastId = 0
  return async (method: string, params: object) => {
    const id = ++lastId
    stdin.write(`${JSON.stringify({ jsonrpc: '2.0', id, method, params })}\n`)
    const lines = await sees(new RegExp(`^\\{.*"id":${id}[,}].*$`, 'm'))
    return (JSON.parse(lines[0]) as { result: Record<string, unknown> }).result
  }
}
