import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { readConfig } from './config.ts'

function optionsOf(argv: string[], env: NodeJS.ProcessEnv = {}) {
  const config = readConfig(argv, env, assert.fail)
  assert.ok(config.transport === 'http')
  return config.options
}

function fileWith(t: TestContext, text: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'findings-config-'))
  t.after(() => rmSync(folder, { recursive: true }))
  writeFileSync(join(folder, 'oidc.json'), text)
  return join(folder, 'oidc.json')
}

const ENTRA = '--connections-url=http://127.0.0.1:9090'
const CONNECTION = { teamspaceId: 'acme', issuer: 'https://id.example', audience: 'findings', requiredScope: null }

test('flags win over the environment, and clouds add up', () => {
  const env = { FINDINGS_PORT: '1', FINDINGS_HOST: '::1', FINDINGS_CLOUD: 'demo=http://127.0.0.1:8082' }
  const { port, host, auth } = optionsOf(['--port=0', ENTRA, '--audience=a', '--audience=b'], env)
  assert.deepEqual([port, host, auth.allowedAudiences], [0, '::1', ['a', 'b']])
  assert.equal(auth.clouds?.['demo']?.authority, 'http://127.0.0.1:8082')
  assert.ok(auth.clouds?.['global'])
})

test('nothing has to be given: tokens alone are a way in', () => {
  assert.deepEqual(optionsOf([]).auth, {})
})

test('connections to OpenID Connect issuers come from a file', (t) => {
  assert.deepEqual(optionsOf(['--oidc-file', fileWith(t, JSON.stringify([CONNECTION]))]).auth, { oidc: [CONNECTION] })
})

test('every problem is named at once', (t) => {
  const file = fileWith(t, JSON.stringify([{ ...CONNECTION, audience: undefined, requiredScopes: 'x' }]))
  const wrong = ['--port=x', '--connections-url=nowhere', '--cloud=demo', '--oidc-file', file]
  assert.throws(() => readConfig(wrong, {}), /--port.*\n--connections-url.*\n--cloud.*\n--oidc-file[^]*audience/)
  assert.throws(() => readConfig(['--audience=a'], {}), /go with --connections-url/)
  assert.throws(() => readConfig(['--oidc-file', fileWith(t, '{')], {}), /--oidc-file: .*JSON/)
  assert.throws(() => readConfig(['--oidc-file', '/nowhere.json'], {}), /--oidc-file: ENOENT/)
  assert.throws(() => readConfig(['--unknown'], {}))
})

test('S4-50 over stdio the teamspace is STDIO_TENANT_ID, or dev, and the warning is loud', () => {
  const warnings: string[] = []
  const teamspaceOf = (env: NodeJS.ProcessEnv) => {
    const config = readConfig(['--stdio'], env, (line) => warnings.push(line))
    return config.transport === 'stdio' ? config.teamspaceId : assert.fail()
  }
  assert.equal(teamspaceOf({ STDIO_TENANT_ID: 'acme' }), 'acme')
  assert.equal(teamspaceOf({}), 'dev')
  assert.equal(warnings.length, 2)
  warnings.forEach((warning) => assert.match(warning, /^WARNING: stdio is not for production/))
})

test('S4-51 stdio refuses _admin, and in production a teamspace that nobody named', () => {
  const read = (env: NodeJS.ProcessEnv) => readConfig(['--stdio'], env, () => {})
  assert.throws(() => read({ STDIO_TENANT_ID: '_admin' }), /reserved/)
  assert.throws(() => read({ STDIO_TENANT_ID: '' }))
  assert.throws(() => read({ NODE_ENV: 'production' }), /STDIO_TENANT_ID is not set/)
  assert.equal(read({ NODE_ENV: 'production', STDIO_TENANT_ID: 'acme' }).transport, 'stdio')
})

test('S5-07a over stdio the settings of HTTP are ignored with one line, wrong ones too', () => {
  const lines: string[] = []
  const argv = ['--stdio', '--port', 'x', '--oidc-file=/nowhere.json', '--data-dir=d']
  const config = readConfig(argv, { FINDINGS_CONNECTIONS_URL: 'nowhere' }, (line) => lines.push(line))
  assert.deepEqual(config, { transport: 'stdio', dataDir: 'd', teamspaceId: 'dev' })
  const [info, ...others] = lines
  assert.equal(info, 'info: stdio has no use for --port, --connections-url, --oidc-file')
  assert.equal(others.length, 1)
})
