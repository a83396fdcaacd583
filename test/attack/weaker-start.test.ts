import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ConfigInvalid } from '../../apps/sallyport/src/config/config-invalid.ts'
import { parseConfigFile } from '../../apps/sallyport/src/config/parse-config-file.ts'
import type { ConfigFlags } from '../../apps/sallyport/src/config/parse-config-file.ts'
import { resolveConfig } from '../../apps/sallyport/src/config/resolve-config.ts'

const KEY = Buffer.from(Array.from({ length: 32 }, (_, index) => (index * 37 + 11) % 256)).toString('base64')

interface More {
  readonly flags?: ConfigFlags
  readonly env?: Readonly<Record<string, string>>
  readonly server?: string
}

/** The modes that a start would have, or why there is none. */
async function startOf(settings: string, { flags, env, server = '' }: More = {}) {
  const text = `publicUrl: https://mcp.example
servers:
  findings: { path: /mcp, upstream: 'http://127.0.0.1:9000/mcp', outbound: { kind: none }${server} }
${settings}`
  const variables = { DATABASE_URL: 'sqlite::memory:', SALLYPORT_KEY: KEY, ...env }
  try {
    const { servers } = await resolveConfig(parseConfigFile(text, 'test.yaml', flags), {
      file: 'test.yaml',
      env: variables,
    })
    return servers.map(({ auth }) => auth.mode)
  } catch (error) {
    assert.ok(error instanceof ConfigInvalid, String(error))
    return error.problems.join('\n')
  }
}

test('weaker start: a flag that names an audience does not switch authentication off', async () => {
  const flags = { kubernetes: { oauthAudience: 'mcp' } }
  assert.match(String(await startOf('', { flags })), /oauth-audience is only valid if require-oauth is enabled/)
  assert.deepEqual(await startOf('', {}), ['credential'])
})

test('weaker start: a header in which the gateway names callers is not passed on, by any spelling', async () => {
  const env = { MCP_AUTH_MODE: 'Gateway' }
  const settings = 'gateway: { callerHeaders: [{ name: X-Edge-User, format: plain }, { name: x-edge, format: swa }] }'
  for (const header of ['x-edge-user', 'X_Edge_User', 'x-edge', 'x-edge-id', 'x-edge-name']) {
    const server = `, forwardHeaders: [${header}]`
    assert.match(String(await startOf(settings, { env, server })), /forwardHeaders: has .*says who is calling/, header)
  }
  assert.deepEqual(await startOf(settings, { env, server: ', forwardHeaders: [x-edge-region]' }), ['Gateway'])
})

for (const env of [
  { MCP_AUTH_MODE: 'None ,EntraJwt' },
  { MCP_AUTH_MODE: 'EntraJwt', Authentication__Mode: 'None' },
  { MCP_AUTH_MODE: 'EntraJwt', AUTHENTICATION__MODE: ' none ' },
  { MCP_AUTH_MODE: '' },
  { MCP_AUTH_MODE: 'EntraJwt', DEV_BYPASS_AUTH: 'TRUE ' },
  { DEV_BYPASS_AUTH: 'true', developmentmode__bypassauthentication: '0' },
  { DEV_BYPASS_AUTH: 'y' },
]) {
  test(`weaker start: ${JSON.stringify(env)} does not start`, async () => {
    assert.equal(typeof (await startOf('', { env })), 'string')
  })
}
