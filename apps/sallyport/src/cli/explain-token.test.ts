import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { loadConfig } from '../config/load-config.ts'
import { installation } from './installation.fixture.ts'
import { runCli } from './run-cli.ts'

const ENTRA = ['--tenant', 'aaaaaaaa-0000-4000-8000-000000000001', '--audience', 'aaaaaaaa-0003-4000-8000-000000000002']

/** With a token on standard input. */
async function explaining(t: TestContext) {
  const installed = await installation(t)
  await installed.run('teamspace', 'create', 'acme')
  const explain = async (token: string, ...args: string[]) => {
    const lines = { out: [] as string[], err: [] as string[] }
    const code = await runCli(['explain-token', ...args, '--config', installed.config], {
      env: {},
      loadConfig,
      fetch: () => Promise.reject(new Error('nothing may be sent')),
      now: Date.now,
      readInput: async () => token,
      out: (line) => lines.out.push(line),
      err: (line) => lines.err.push(line),
    })
    return { code, out: lines.out.join('\n'), err: lines.err.join('\n') }
  }
  return { ...installed, explain }
}

const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
const SIGNATURE = 'c2lnbmF0dXJlLXRoYXQtbXVzdC1ub3QtYmUtc2hvd24'
const jwt = (claims: object) => `${part({ alg: 'RS256', kid: 'k', typ: 'JWT' })}.${part(claims)}.${SIGNATURE}`

test('S2G-05 a token is compared line by line with its connection, and neither it nor its signature is shown', async (t) => {
  const { run, explain } = await explaining(t)
  const set = await run('connection', 'set', 'acme', '--entra', ...ENTRA, '--scope', 'mcp.access')
  assert.equal(set.code, 0, set.err)
  const token = jwt({
    iss: `https://login.microsoftonline.com/${ENTRA[1]}/v2.0`,
    aud: ENTRA[3],
    tid: ENTRA[1],
    ver: '2.0',
    oid: 'aaaaaaaa-0001-4000-8000-000000000001',
    scp: 'User.Read',
    exp: 1_000_000_000,
  })
  const { code, out, err } = await explain(token)
  assert.deepEqual([code, err], [1, 'sallyport: The token would be refused'])
  assert.match(out, /^Refused by the entra connection of acme: scp, exp$/m)
  assert.match(out, /^ok {4}aud {4}aaaaaaaa-0003/m)
  assert.match(out, /^WRONG scp {4}User\.Read\n {13}expected mcp\.access$/m)
  for (const secret of [SIGNATURE, token.split('.')[1]!]) assert.ok(!out.includes(secret) && !err.includes(secret))
  const asJson = await explain(token, '--json')
  assert.equal(JSON.parse(asJson.out).isAccepted, false)
  assert.ok(!asJson.out.includes(SIGNATURE))
})

test('a token on the command line is explained, with a warning', async (t) => {
  const { explain } = await explaining(t)
  const { err } = await explain('', jwt({ iss: 'x' }))
  assert.match(err, /seen by every process of this machine/)
})

test('an MCP token is known by the characters that lists show, and is not sent', async (t) => {
  const { run, explain } = await explaining(t)
  const minted = await run('token', 'mint', 'acme', '--name', 'Claude')
  const token = /mcpt_[\w-]{43}/.exec(minted.out)![0]
  const known = await explain(token)
  assert.deepEqual([known.code, known.err], [0, ''])
  assert.match(known.out, /It begins like "Claude" \([0-9a-f-]{36}\) of acme, which may be used\./)
  assert.ok(!known.out.includes(token))
  const unknown = await explain(`mcpt_${'a'.repeat(43)}`)
  assert.deepEqual([unknown.code, /No teamspace has one/.test(unknown.out)], [1, true])
})

test('garbage is said to be garbage', async (t) => {
  const { explain } = await explaining(t)
  assert.match((await explain('hello')).err, /neither a JWT nor an MCP token/)
})
