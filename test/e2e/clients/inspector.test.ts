import assert from 'node:assert/strict'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { after, before, test } from 'node:test'
import { freePort } from '../../support/free-port.ts'
import { ACME } from '../../support/gate.ts'
import { signInAt } from '../support/browser.ts'
import { type FindingsGate, startFindingsGate } from '../support/findings-gate.ts'
import { untilNobodyLivesIn, startProgram, temporaryHome } from '../support/program.ts'
import { assertIsAda } from '../support/whoami.ts'

const packageFile = createRequire(import.meta.url).resolve('@modelcontextprotocol/inspector/package.json')
const INSPECTOR = join(dirname(packageFile), 'clients/launcher/build/index.js')
const ADA = { email: ACME.ada.email, password: 'ada-password' }

let gate: FindingsGate
before(async () => void (gate = await startFindingsGate()))
after(() => gate.close())

const runs = [
  ['legacy', 'initialize', 'mcpUrl'],
  ['modern', 'server/discover', 'mcpUrl'],
  ['modern', 'server/discover', 'teamspaceUrl'],
] as const
for (const [era, firstMethod, address] of runs) {
  test(
    `Inspector --cli (${era}, ${address}) finds the sign-in, registers, signs in and calls a tool`,
    { timeout: 60_000 },
    async (t) => {
      const { home, env } = await temporaryHome(t)
      const callback = `http://127.0.0.1:${await freePort()}/oauth/callback`
      const call = ['--transport', 'http', '--protocol-era', era, '--method', 'tools/call', '--tool-name', 'whoami']
      const inspector = startProgram(t, [INSPECTOR, '--cli', gate[address], ...call, '--callback-url', callback], {
        cwd: home,
        // It refuses an interactive sign-in without a terminal unless it may open a browser; there is none to be found.
        env: { ...env, MCP_AUTO_OPEN_ENABLED: 'true', MCP_INSPECTOR_SECRET_STORE: 'file' },
      })
      const [, authorizationUrl] = await inspector.sees(/navigate to: (http\S+)/)
      await fetch(await signInAt(new URL(authorizationUrl!), ADA))

      const { code, stdout, stderr } = await inspector.end()
      assert.equal(code, 0, stderr)
      assertIsAda(JSON.parse(stdout))
      await untilNobodyLivesIn(home)
      assert.ok((await allowedMethods(gate)).includes(firstMethod))
    },
  )
}

async function allowedMethods({ sallyport, admin }: FindingsGate): Promise<string[]> {
  await sallyport.flushAudit()
  const { events } = await admin.must('GET', '/audit')
  return events
    .filter(({ decision }: { decision: string }) => decision === 'allowed')
    .map(({ rpcMethod }: { rpcMethod: string }) => rpcMethod)
}
