import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { chmod, mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { bashRefuses, shellCheckSays } from './bash.fixture.ts'
import { RAW, inputsOf } from './inputs.fixture.ts'
import { renderApim, renderFaithfulApim } from './render.ts'
import type { Artefacts } from './render.ts'

const SECRET = 'a+b&c=d%e f~g'

/** Writes down what it is called with, one argument a line, and answers what the script asks. */
const RECORDER = `#!/bin/sh
tool="\${0##*/}"
{ printf '%s' "$tool"; printf '\\037%s' "$@"; printf '\\n'; } >>"$CALLS"
case "$tool $*" in
  'az cloud show'*) echo "$CLOUD_NAME" ;;
  'az account show'*) echo 99999999-0000-4000-8000-000000000000 ;;
  'az apim show'*) echo https://acme.azure-api.net ;;
  'az rest'*) for word; do case "$word" in @*) cat "\${word#@}" >>"$BODIES"; printf '\\036' >>"$BODIES" ;; esac; done ;;
  openssl*) echo 5e5e5e ;;
  jq*) cat "$3" ;;
  curl*resource*) printf 'HTTP/1.1 200 OK\\r\\n' ;;
  curl*authorization-server*) printf 'HTTP/2 200\\r\\n' ;;
  curl*authorize*) printf 'HTTP/2 302\\r\\nLocation: https://login.microsoftonline.com/${RAW.tenant}/oauth2/v2.0/authorize?x\\r\\n' ;;
  curl*) printf 'HTTP/2 401\\r\\nWWW-Authenticate: Bearer resource_metadata="%s"\\r\\n' "$METADATA" ;;
esac
`

/** A folder with the files, and a machine of which az, jq, openssl and curl are recorders. */
async function machine(t: TestContext, artefacts: Readonly<Record<string, string>>) {
  const folder = await mkdtemp(path.join(tmpdir(), 'sallyport-apim-'))
  t.after(() => rm(folder, { recursive: true }))
  const bin = path.join(folder, 'bin')
  await mkdir(bin)
  for (const tool of ['az', 'jq', 'openssl', 'curl']) await writeFile(path.join(bin, tool), RECORDER, { mode: 0o755 })
  for (const [name, text] of Object.entries(artefacts)) await writeFile(path.join(folder, name), text)
  await chmod(path.join(folder, 'deploy.sh'), 0o755)
  const elsewhere = path.join(folder, 'elsewhere')
  await mkdir(elsewhere)
  await writeFile(path.join(elsewhere, 'gateway.secret'), SECRET)
  async function run(env: Record<string, string> = {}, ...args: string[]) {
    const calls = path.join(folder, 'calls')
    const bodies = path.join(folder, 'bodies')
    for (const file of [calls, bodies]) await writeFile(file, '')
    const { status, stdout, stderr } = spawnSync('bash', [path.join(folder, 'deploy.sh'), ...args], {
      encoding: 'utf8',
      cwd: elsewhere,
      env: {
        PATH: `${bin}:/usr/bin:/bin`,
        CALLS: calls,
        BODIES: bodies,
        CLOUD_NAME: 'AzureCloud',
        METADATA: 'https://acme.azure-api.net/.well-known/oauth-protected-resource',
        GATEWAY_SECRET_FILE: 'gateway.secret',
        ...env,
      },
    })
    const lines = (await readFile(calls, 'utf8')).split('\n').slice(0, -1)
    const sent = (await readFile(bodies, 'utf8')).split('\u001e').slice(0, -1)
    return { status, stdout, stderr, calls: lines.map((line) => line.split('\u001f')), sent }
  }
  return { folder, run }
}

const az = (calls: readonly string[][], ...words: string[]): string[][] =>
  calls.filter((call) => words.every((word, index) => call[index + 1] === word) && call[0] === 'az')
const valueOf = (call: readonly string[], option: string): string | undefined => call[call.indexOf(option) + 1]

for (const render of [renderApim, renderFaithfulApim]) {
  test(`S2 15 ${render.name}: deploy.sh is bash, and ShellCheck has nothing to say, whatever the publisher is called`, async () => {
    for (const publisherName of ['Acme', `A'$(x)" \`y\` \\`, 'Łódź & 株式会社']) {
      const script = render(inputsOf({ publisherName }))['deploy.sh']
      assert.deepEqual(bashRefuses([script]), [])
      assert.deepEqual(await shellCheckSays(script), [])
    }
  })
}

test('S2 15 A-10 to A-20 the script makes what the guide makes, each policy before or with its operation', async (t) => {
  const { run, folder } = await machine(t, renderApim(inputsOf()))
  const { status, stderr, stdout, calls } = await run()
  assert.deepEqual([status, stderr], [0, ''])
  assert.deepEqual(
    az(calls, 'group', 'create').map((call) => valueOf(call, '--name')),
    ['rg-context7-mcp'],
  )
  assert.equal(az(calls, 'deployment', 'group', 'create').length, 1)
  const values = az(calls, 'apim', 'nv', 'create').map((call) => [
    valueOf(call, '--named-value-id'),
    valueOf(call, '--value'),
    valueOf(call, '--secret'),
  ])
  assert.deepEqual(values, [
    ['entra-tenant-id', RAW.tenant, 'false'],
    ['apim-gateway-app-id', RAW.gatewayClientId, 'false'],
    ['apim-gateway-client-secret', `@${path.join(folder, 'elsewhere', 'gateway.secret')}`, 'true'],
    ['mcp-api-app-id', RAW.apiClientId, 'false'],
    ['gateway-sentinel', '@gateway-sentinel.secret', 'true'],
  ])
  const apis = az(calls, 'apim', 'api', 'create').map((call) =>
    ['--api-id', '--display-name', '--path', '--service-url', '--protocols', '--subscription-required'].map((option) =>
      valueOf(call, option),
    ),
  )
  const login = `https://login.microsoftonline.com/${RAW.tenant}/oauth2/v2.0`
  assert.deepEqual(apis, [
    ['context7-mcp', 'Context7 MCP', 'context7', 'https://mcp.context7.com', 'https', 'false'],
    ['oauth-proxy', 'OAuth Proxy', '', login, 'https', 'false'],
  ])
  const operations = az(calls, 'apim', 'api', 'operation', 'create').map((call) =>
    ['--operation-id', '--method', '--url-template'].map((option) => valueOf(call, option)),
  )
  assert.deepEqual(operations, [
    ['post-mcp', 'POST', '/mcp'],
    ['prm-metadata', 'GET', '/.well-known/oauth-protected-resource'],
    ['prm-metadata-endpoint', 'GET', '/.well-known/oauth-protected-resource/context7/mcp'],
    ['as-metadata', 'GET', '/.well-known/oauth-authorization-server'],
    ['authorize', 'GET', '/authorize'],
    ['token', 'POST', '/token'],
  ])
  const puts = az(calls, 'rest', '--method', 'put').map((call) => valueOf(call, '--uri')!)
  const service = `https://management.azure.com/subscriptions/99999999-0000-4000-8000-000000000000/resourceGroups/rg-context7-mcp/providers/Microsoft.ApiManagement/service/acme`
  const policy = (scope: string) => `${service}/${scope}/policies/policy?api-version=2024-05-01`
  const proxied = ['prm-metadata', 'prm-metadata-endpoint', 'as-metadata', 'authorize', 'token']
  assert.deepEqual(puts, [
    policy('apis/context7-mcp'),
    ...proxied.map((operation) => policy(`apis/oauth-proxy/operations/${operation}`)),
  ])
  assert.ok(
    calls.findIndex((call) => call.includes(puts[0]!)) < calls.findIndex((call) => call.includes('post-mcp')),
    'nobody reaches the server behind before the policy is there',
  )
  assert.equal(stdout.match(/^ok {3}/gm)?.length, 4, 'A-70')
})

for (const render of [renderApim, renderFaithfulApim]) {
  test(`S2 15 A-16 A-17 A-20 ${render.name}: each scope is sent its own policy, whole, as a JSON string of format xml`, async (t) => {
    const artefacts: Partial<Artefacts> = render(inputsOf())
    const { run } = await machine(t, artefacts)
    const { calls, sent } = await run({ GATEWAY_SECRET: SECRET, APIM: 'acme' })
    const jq = calls.filter(([tool]) => tool === 'jq')
    for (const [, flags, program] of jq) {
      assert.deepEqual([flags, program!.replaceAll(' ', '')], ['-Rs', '{properties:{value:.,format:"xml"}}'])
    }
    const scopes = az(calls, 'rest').map((call) => /\/apis\/(.*)\/policies\//.exec(valueOf(call, '--uri')!)![1]!)
    const expected: Record<string, string | undefined> = {
      'context7-mcp': artefacts['policy.xml'],
      'oauth-proxy/operations/prm-metadata': artefacts['prm-policy.xml'],
      ...(render === renderApim && {
        'oauth-proxy/operations/prm-metadata-endpoint': artefacts['prm-policy.xml'],
        'oauth-proxy/operations/token': artefacts['token-policy.xml'],
      }),
      'oauth-proxy/operations/as-metadata': artefacts['as-metadata-policy.xml'],
      'oauth-proxy/operations/authorize': artefacts['authorize-policy.xml'],
    }
    // The recorder's jq passes the file through as it is.
    assert.deepEqual(Object.fromEntries(scopes.map((scope, index) => [scope, sent[index]])), expected)
    assert.equal(jq.length, scopes.length)
  })

  test(`S2 15 A-13 A-15 A-19 ${render.name}: a display name is the id, but for MCP`, async (t) => {
    const { run } = await machine(t, render(inputsOf()))
    const { calls } = await run({ GATEWAY_SECRET: SECRET, APIM: 'acme' })
    for (const call of az(calls, 'apim', 'nv', 'create')) {
      assert.equal(valueOf(call, '--display-name'), valueOf(call, '--named-value-id'))
    }
    for (const call of az(calls, 'apim', 'api', 'operation', 'create')) {
      const id = valueOf(call, '--operation-id')
      assert.equal(valueOf(call, '--display-name'), id === 'post-mcp' ? 'MCP' : id)
    }
  })
}

test('A-22 no secret is an argument of any command, and a second run repeats the first', async (t) => {
  const { run, folder } = await machine(t, renderApim(inputsOf()))
  const first = await run()
  const sentinelFile = path.join(folder, 'gateway-sentinel.secret')
  const sentinel = await readFile(sentinelFile, 'utf8')
  assert.equal(sentinel, '5e5e5e')
  assert.equal((await stat(sentinelFile)).mode & 0o777, 0o600)
  const second = await run()
  assert.equal(await readFile(sentinelFile, 'utf8'), sentinel)
  const said = [JSON.stringify(first), JSON.stringify(second)].join('')
  assert.ok(!said.includes(SECRET) && !said.includes(sentinel))
  const steady = (calls: readonly string[][]) =>
    calls
      .filter(([tool]) => tool !== 'openssl')
      .map((call) => call.map((word) => word.replace(/\/tmp\.[^/]*\//, '/')).join(' '))
  assert.deepEqual(steady(second.calls), steady(first.calls))
})

test('the script stops before it changes anything: wrong cloud, no secret, no name for a host of your own', async (t) => {
  const { run } = await machine(t, renderApim(inputsOf({ host: 'mcp.acme.example' })))
  const changes = (calls: readonly string[][]) =>
    calls.filter((call) => call.includes('create') || call.includes('put'))
  for (const [env, says] of [
    [{}, /APIM must name the service/],
    [{ APIM: 'acme', GATEWAY_SECRET_FILE: '' }, /GATEWAY_SECRET_FILE/],
    [{ APIM: 'acme', CLOUD_NAME: 'AzureChinaCloud' }, /another cloud/],
  ] as const) {
    const { status, stderr, calls } = await run(env)
    assert.equal(status, 1)
    assert.match(stderr, says)
    assert.deepEqual(changes(calls), [])
  }
  const { status, stdout } = await run({ APIM: 'acme' })
  assert.equal(status, 0)
  assert.match(stdout, /mcp\.acme\.example is not yet a name of this service, which is acme\.azure-api\.net/)
})

test('A-70 verify fails when the challenge is missing, and asks for nothing but the four answers', async (t) => {
  for (const artefacts of [renderApim(inputsOf()), renderFaithfulApim(inputsOf())]) {
    const { run } = await machine(t, artefacts)
    const good = await run({}, 'verify')
    assert.deepEqual([good.status, good.calls.length], [0, 4])
    const authorize = good.calls[2]!.join(' ')
    assert.match(authorize, /code_challenge=[A-Za-z0-9_-]{43} /)
    const bad = await run({ METADATA: 'https://elsewhere.example' }, 'verify')
    assert.equal(bad.status, 1)
    assert.match(bad.stderr, /told where to sign in: expected resource_metadata=/)
  }
})

test('S2 15 faithful: four named values, five operations, three operation policies, a new name at each run', async (t) => {
  const { run } = await machine(t, renderFaithfulApim(inputsOf({ publisherName: `A & "O'Neil" $(x)` })))
  const { status, stderr, calls } = await run({ GATEWAY_SECRET: SECRET })
  assert.deepEqual([status, stderr], [0, ''])
  assert.ok(az(calls, 'deployment')[0]!.includes(`publisherName=A & "O'Neil" $(x)`))
  assert.ok(az(calls, 'deployment')[0]!.includes('name=apim-context7-5e5e5e'))
  assert.deepEqual(
    az(calls, 'apim', 'nv', 'create').map((call) => valueOf(call, '--value')),
    [...[RAW.tenant, RAW.gatewayClientId, SECRET, RAW.apiClientId]],
  )
  assert.equal(az(calls, 'apim', 'api', 'operation', 'create').length, 5)
  assert.equal(az(calls, 'rest', '--method', 'put').length, 4)
})
