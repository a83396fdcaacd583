import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ConfigInvalid } from './config-invalid.ts'
import { parseConfigFile } from './parse-config-file.ts'
import { resolveConfig } from './resolve-config.ts'
import type { Config } from './config.ts'
import type { ConfigFlags } from './parse-config-file.ts'

const CLUSTER = 'clusters: { prod: { server: https://10.0.0.1, tokenFile: token } }'
const POD = { KUBERNETES_SERVICE_HOST: 'fd00::1', KUBERNETES_SERVICE_PORT: '443' }

async function configOf(settings: string, more: { env?: Record<string, string>; flags?: ConfigFlags } = {}) {
  const text = `publicUrl: https://mcp.example
servers:
  findings: { path: /findings/mcp, upstream: 'http://127.0.0.1:9000/mcp', outbound: { kind: none } }
  open: { path: /open/mcp, upstream: 'http://127.0.0.1:9000/mcp', auth: Token, outbound: { kind: none } }
${settings}
`
  const env = { DATABASE_URL: 'sqlite::memory:', SALLYPORT_KEY: KEY, ...more.env }
  return resolveConfig(parseConfigFile(text, '/etc/sallyport.yaml', more.flags), { file: '/etc/sallyport.yaml', env })
}

const KEY = Buffer.from(Uint8Array.from({ length: 32 }, (_, index) => (index * 37 + 11) % 256)).toString('base64')

const problemsOf = (...args: Parameters<typeof configOf>): Promise<readonly string[]> =>
  configOf(...args).then(
    () => [],
    (error: unknown) => {
      assert.ok(error instanceof ConfigInvalid, String(error))
      return error.problems
    },
  )

const authOf = ({ servers }: Config) => servers.map(({ auth }) => ('accept' in auth ? [...auth.accept] : auth.mode))

const ONLY_VALID = 'authorization-url and server-url are only valid if require-oauth is enabled'

test('S5 3 authorization-url or server-url without require-oauth is an error with the exact text of S5', async () => {
  for (const setting of ['authorizationUrl: https://idp.example', 'serverUrl: https://mcp.example/findings/mcp']) {
    const [problem, ...others] = await problemsOf(`kubernetes: { requireOauth: false, ${setting} }\n${CLUSTER}`)
    assert.deepEqual(others, [])
    assert.ok(problem?.endsWith(`kubernetes: ${ONLY_VALID}`), problem)
  }
  const flags = { kubernetes: { authorizationUrl: 'https://idp.example' } }
  assert.match((await problemsOf(CLUSTER, { flags }))[0]!, new RegExp(ONLY_VALID))
})

test('S5-08 both URLs are https; http is for loopback only, with the warning of S5', async () => {
  const cases: [setting: string, flag: string][] = [
    ['authorizationUrl', 'authorization-url'],
    ['serverUrl', 'server-url'],
  ]
  for (const [setting, flag] of cases) {
    const problem = async (url: string) =>
      (await problemsOf(`kubernetes: { requireOauth: true, ${setting}: '${url}' }\n${CLUSTER}`))[0]!
    for (const url of ['http://idp.example', 'ftp://idp.example', 'HTTP://10.0.0.1/x']) {
      assert.ok((await problem(url)).includes(`${flag} must start with https://`), url)
    }
    for (const url of ['idp', 'https://', 'https://a b']) assert.match(await problem(url), /must be a valid URL/)
    assert.match(await problem('https://idp.example/?x'), /query/)
  }
  const { notices } = await configOf(
    `kubernetes: { requireOauth: true, authorizationUrl: 'http://127.0.0.1:9/idp' }\n${CLUSTER}`,
  )
  const message = 'authorization-url is using http://, this is not recommended production use'
  assert.deepEqual(notices, [{ level: 'warn', code: 'authorization_url_http', message }])
})

test('require-oauth makes Kubernetes the mode of the servers that name none, and declares a connection', async () => {
  const config = await configOf(`kubernetes: { requireOauth: true }\n${CLUSTER}`)
  assert.deepEqual(authOf(config), [['kubernetes'], ['token']])
  // D-12: not a constant that any token for any other such gateway carries.
  assert.deepEqual(config.kubernetes, {
    cluster: 'prod',
    audience: 'https://mcp.example/findings/mcp',
    verify: 'auto',
  })
  assert.equal(config.defaultTeamspace, 'default')
})

test('S5-05 the audience is oauthAudience, else server-url, else the public URL of the default server', async () => {
  const audienceOf = async (more: string) =>
    (await configOf(`kubernetes: { requireOauth: true, ${more} }\n${CLUSTER}`)).kubernetes?.audience
  assert.equal(await audienceOf('serverUrl: https://mcp.example/k8s'), 'https://mcp.example/k8s')
  const both = 'serverUrl: https://mcp.example/k8s, oauthAudience: kubernetes-mcp-server'
  assert.equal(await audienceOf(both), 'kubernetes-mcp-server')
  const [foreign] = await problemsOf(`kubernetes: { requireOauth: true, serverUrl: https://other.example }\n${CLUSTER}`)
  assert.match(foreign!, /server-url must be an address below publicUrl, https:\/\/mcp\.example$/)
})

test('without require-oauth the section means what it means there: no credential, by the mode None', async () => {
  const config = await configOf('kubernetes: { requireOauth: false }')
  assert.deepEqual(authOf(config), ['None', ['token']])
  assert.equal(config.kubernetes, undefined)
  const [exposed] = await problemsOf('listen: { public: 0.0.0.0:8080 }\nkubernetes: { requireOauth: false }')
  assert.match(exposed!, /could all call findings \(auth None\)/)
  assert.deepEqual(authOf(await configOf('')), [['entra'], ['token']])
})

test('require-oauth needs a server that takes tokens of the cluster, whoever says what servers take', async () => {
  const problems = await problemsOf(`kubernetes: { requireOauth: true }\nauth: EntraJwt\n${CLUSTER}`)
  assert.match(problems[0]!, /^kubernetes: require-oauth is enabled, but auth says that no server takes Kubernetes$/)
  const env = { MCP_AUTH_MODE: 'Kubernetes,Token' }
  const config = await configOf(`kubernetes: { requireOauth: true }\nauth: EntraJwt\n${CLUSTER}`, { env })
  assert.deepEqual([authOf(config)[0]].flat().sort(), ['kubernetes', 'token'])
})

test('flags win over the file, and one alone is enough', async () => {
  const flags = { kubernetes: { requireOauth: true, authorizationUrl: 'https://flag.example' } }
  const file = 'kubernetes: { requireOauth: false, oauthAudience: from-file }'
  const { kubernetes } = await configOf(`${file}\n${CLUSTER}`, { flags })
  assert.deepEqual([kubernetes?.issuer, kubernetes?.audience], ['https://flag.example', 'from-file'])
  assert.equal((await configOf(CLUSTER, { flags: { kubernetes: { requireOauth: true } } })).kubernetes?.cluster, 'prod')
})

test('verify and the authority of an issuer need the issuer', async () => {
  for (const mode of ['oidc', 'both']) {
    const problems = await problemsOf(`kubernetes: { requireOauth: true, verify: ${mode} }\n${CLUSTER}`)
    assert.match(problems[0]!, /needs an authorizationUrl/)
  }
  const problems = await problemsOf(`kubernetes: { requireOauth: true, certificateAuthority: ca.pem }\n${CLUSTER}`)
  assert.match(problems[0]!, /authorizationUrl, which is not set/)
})

test('S5-23 the cluster we run in is there by itself, IPv6 included, and a declared one of its name wins', async () => {
  const { clusters, kubernetes } = await configOf(`kubernetes: { requireOauth: true }\n${CLUSTER}`, { env: POD })
  assert.deepEqual([...clusters.keys()].sort(), ['in-cluster', 'prod'])
  assert.equal(clusters.get('in-cluster')?.api.server, 'https://[fd00::1]:443')
  assert.equal(kubernetes?.cluster, 'in-cluster')
  const own = await configOf('clusters: { in-cluster: { server: https://api.example, tokenFile: t } }', { env: POD })
  assert.equal(own.clusters.get('in-cluster')?.api.server, 'https://api.example')
  assert.equal((await configOf('')).clusters.size, 0)
})

test('which cluster is asked is never guessed', async () => {
  const two =
    'clusters: { a: { server: https://10.0.0.1, tokenFile: t }, b: { server: https://10.0.0.2, tokenFile: t } }'
  const [several] = await problemsOf(`kubernetes: { requireOauth: true }\n${two}`)
  assert.equal(several, 'kubernetes.cluster: must name one of clusters (clusters has a, b)')
  const [none] = await problemsOf('kubernetes: { requireOauth: true }')
  assert.match(none!, /clusters has none, and this is no pod/)
  const [unknown] = await problemsOf(`kubernetes: { requireOauth: true, cluster: c }\n${two}`)
  assert.match(unknown!, /clusters has a, b/)
  const closed = CLUSTER.replace('tokenFile: token', 'tokenFile: token, teamspaces: [acme]')
  const [notOurs] = await problemsOf(`kubernetes: { requireOauth: true }\n${closed}`)
  assert.equal(notOurs, 'clusters.prod.teamspaces: must list default, which kubernetes connects to it')
})

test('S5-28 an API server is asked by https alone, but for one on loopback', async () => {
  const problemOf = async (server: string) =>
    (await problemsOf(`clusters: { a: { server: '${server}', tokenFile: t } }`))[0]
  assert.match((await problemOf('http://10.0.0.1'))!, /must be https/)
  assert.match((await problemOf('https://me:secret@10.0.0.1'))!, /no user information/)
  assert.match((await problemOf('https://10.0.0.1?x'))!, /no user information, query or fragment/)
  assert.equal(await problemOf('http://127.0.0.1:6443'), undefined)
})
