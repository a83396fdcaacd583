import assert from 'node:assert/strict'
import { test } from 'node:test'
import { modesOf } from './auth-mode.ts'
import { ConfigInvalid } from './config-invalid.ts'
import { parseConfigFile } from './parse-config-file.ts'
import { resolveConfig } from './resolve-config.ts'
import type { Config } from './config.ts'

const TENANT = 'aaaaaaaa-0000-4000-8000-000000000001'
const CLIENT = 'aaaaaaaa-0003-4000-8000-000000000002'
const AZURE_AD = { AzureAd__TenantId: TENANT, AzureAd__ClientId: CLIENT }

type Env = Readonly<Record<string, string>>

/** Two servers: `open` says nothing of auth, `own` says what is given. */
const file = (top: string, own = '', outbound = 'none') => `publicUrl: http://127.0.0.1:8080
database: 'sqlite::memory:'
servers:
  open: { path: /open/mcp, upstream: 'http://127.0.0.1:9000/mcp', outbound: { kind: none } }
  own: { path: /own/mcp, upstream: 'http://127.0.0.1:9000/mcp', outbound: { kind: ${outbound} }${own} }
${top}`

const resolve = async (text: string, env: Env = {}): Promise<Config> =>
  resolveConfig(parseConfigFile(text, 'sallyport.yaml'), { file: 'sallyport.yaml', env })

async function problemsOf(text: string, env: Env = {}): Promise<string> {
  const error = await resolve(text, env).then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  assert.ok(error instanceof ConfigInvalid, 'the configuration is taken')
  return error.problems.join('\n')
}

const modes = ({ servers }: Config): string[] => servers.map(({ auth }) => modesOf(auth).join())
const codes = ({ notices }: Config): string[] => notices.map(({ code }) => code)

test('S3-01 a mode comes from the server, else from auth for all, else it is EntraJwt', async () => {
  assert.deepEqual(modes(await resolve(file(''))), ['EntraJwt', 'EntraJwt'])
  assert.deepEqual(modes(await resolve(file('auth: Gateway', ', auth: Token'))), ['Gateway', 'Token'])
  assert.deepEqual(modes(await resolve(file('auth: [token, OIDC]'))), ['Oidc,Token', 'Oidc,Token'])
  assert.deepEqual(modes(await resolve(file('auth: " entrajwt , Kubernetes"'))), Array(2).fill('EntraJwt,Kubernetes'))
})

test('S3-03 the environment wins over the file and over each server, and says which servers it overrides', async () => {
  const config = await resolve(file('auth: EntraJwt', ', auth: None'), { MCP_AUTH_MODE: ' gateway ' })
  assert.deepEqual(modes(config), ['Gateway', 'Gateway'])
  assert.deepEqual(config.notices, [
    {
      level: 'info',
      code: 'auth_mode_from_environment',
      message: 'MCP_AUTH_MODE=Gateway overrides what the file says of: open, own',
    },
  ])
  assert.deepEqual(codes(await resolve(file('', ', auth: Token'), { MCP_AUTH_MODE: 'Token' })), [])
})

test('S3-02 what is not a mode is never taken for a weaker one', async () => {
  for (const mode of ['', ' ', 'true', 'Gatway', 'EntraJwt,', 'EntraJwt;Token', 'None\0', 'JwtBearer', '__proto__']) {
    assert.match(
      await problemsOf(file(''), { MCP_AUTH_MODE: mode }),
      /^MCP_AUTH_MODE in the environment: must be one of EntraJwt, Oidc, Token, Kubernetes, Gateway, None, or a list of the first four; it is /,
      mode,
    )
  }
  for (const mode of ['Gateway,None', 'EntraJwt,Gateway', 'none,token']) {
    assert.match(await problemsOf(file(''), { MCP_AUTH_MODE: mode }), /Gateway and None stand alone/)
  }
  assert.match(await problemsOf(file(''), { MCP_AUTH_MODE: 'Token,token' }), /names a mode twice/)
  for (const written of ['true', '[]', '[EntraJwt, None]', '{}', '""', 'Gatway', '[[Token]]']) {
    assert.throws(() => parseConfigFile(file(`auth: ${written}`), 'x'), /line 6: auth(?:\.0)?: /, written)
  }
})

test('S3-03 two spellings that say the same are one setting, and two that differ stop the start', async () => {
  const same = { MCP_AUTH_MODE: 'Token, EntraJwt', Authentication__Mode: 'entrajwt,TOKEN', ...AZURE_AD }
  assert.deepEqual(modes(await resolve(file(''), same)), Array(2).fill('EntraJwt,Token'))
  assert.deepEqual(modes(await resolve(file(''), { AUTHENTICATION__MODE: 'Token' })), ['Token', 'Token'])
  const differ = { MCP_AUTH_MODE: 'Gateway', Authentication__Mode: 'None' }
  assert.match(
    await problemsOf(file(''), differ),
    /^Authentication__Mode in the environment: contradicts MCP_AUTH_MODE/,
  )
  assert.match(
    await problemsOf(file(''), { ...AZURE_AD, AZUREAD__TENANTID: CLIENT }),
    /^AZUREAD__TENANTID in the environment: contradicts AzureAd__TenantId/,
  )
})

test('S3-07 DEV_BYPASS_AUTH is None with a warning where nobody chose a mode, and an error where somebody did', async () => {
  for (const name of ['DEV_BYPASS_AUTH', 'DevelopmentMode__BypassAuthentication']) {
    for (const yes of ['true', 'True', '1', 'yes', 'on']) {
      const config = await resolve(file(''), { [name]: yes })
      assert.deepEqual(modes(config), ['None', 'None'])
      assert.deepEqual(codes(config), ['dev_bypass_auth_deprecated', 'auth_mode_none'])
      assert.match(config.notices[0]!.message, new RegExp(`^${name} is deprecated: set MCP_AUTH_MODE=None`))
    }
    for (const no of ['false', '0', 'no', 'off']) {
      assert.deepEqual(modes(await resolve(file(''), { [name]: no })), ['EntraJwt', 'EntraJwt'])
    }
    assert.match(await problemsOf(file(''), { [name]: 'maybe' }), /must be true, 1, yes, on, or false, 0, no, off/)
    for (const [text, env, where] of [
      [file(''), { MCP_AUTH_MODE: 'EntraJwt' }, 'MCP_AUTH_MODE'],
      [file('auth: EntraJwt'), {}, 'auth'],
      [file('', ', auth: Gateway'), {}, 'servers.own.auth'],
    ] as const) {
      assert.match(await problemsOf(text, { ...env, [name]: 'true' }), new RegExp(`that ${where} asks for`))
    }
    assert.deepEqual(modes(await resolve(file('auth: None'), { [name]: 'true' })), ['None', 'None'])
  }
  const differ = { DEV_BYPASS_AUTH: 'true', DevelopmentMode__BypassAuthentication: 'false' }
  assert.match(await problemsOf(file(''), differ), /contradicts DEV_BYPASS_AUTH/)
})

test('S3-42 what is left of a sample is no tenant and no client', async () => {
  const zero = '00000000-0000-0000-0000-000000000000'
  for (const text of ['<tenant>', 'test-tenant-id', zero, 'common', 'Organizations', 'consumers', 'contoso.example']) {
    const problems = await problemsOf(file(''), { ...AZURE_AD, AzureAd__TenantId: text })
    assert.match(problems, /^AzureAd__TenantId \(azureAd\.tenantId\): [^\n]*$/, text)
    assert.match(await problemsOf(file(`azureAd: { tenantId: ${TENANT}, clientId: '${text}' }`)), /azureAd\.clientId/)
  }
  const personal = '9188040d-6c67-4c5b-b112-36a304b66dad'
  assert.match(await problemsOf(file(''), { ...AZURE_AD, AzureAd__TenantId: personal }), /personal Microsoft accounts/)
})

test('S3-40 a key that is missing or empty is named in both spellings, with the other modes', async () => {
  const both =
    /^EntraJwt needs AzureAd__TenantId \(azureAd\.tenantId\) and AzureAd__ClientId \(azureAd\.clientId\); or choose another mode with MCP_AUTH_MODE \(auth\): Oidc, Token, Kubernetes, Gateway, None$/
  for (const env of [{ AzureAd__TenantId: '', AzureAd__ClientId: ' ' }, { AzureAd__Instance: '' }]) {
    assert.match(await problemsOf(file(''), env), both)
  }
  assert.match(await problemsOf(file('azureAd: {}')), both)
  assert.match(
    await problemsOf(file(`azureAd: { tenantId: ${TENANT} }`)),
    /^EntraJwt needs AzureAd__ClientId \(azureAd\.clientId\); or/,
  )
})

test('S3-04 AzureAd is declared by the environment, by the file, or by both, key by key', async () => {
  const declared = async (text: string, env: Env = {}) => {
    const { azureAd, defaultTeamspace, servers } = await resolve(text, env)
    assert.ok(azureAd)
    const { cloud, tenantId, audience, acceptedRoles } = azureAd.settings
    return { cloud, tenantId, audience, acceptedRoles, defaultTeamspace, roles: servers[0]!.entraAppRoles }
  }
  const expected = {
    cloud: 'global',
    tenantId: TENANT,
    audience: CLIENT,
    acceptedRoles: ['Mcp.Tool.Executor'],
    defaultTeamspace: 'default',
    roles: ['Mcp.Tool.Executor'],
  }
  assert.deepEqual(await declared(file(''), AZURE_AD), expected)
  assert.deepEqual(await declared(file(`azureAd: { tenantId: ${TENANT}, clientId: ${CLIENT} }`)), expected)
  const over = file(`azureAd: { tenantId: ${CLIENT}, clientId: ${CLIENT.toUpperCase()} }\ndefaultTeamspace: acme`)
  const spelled = { AzureAd__TenantId: TENANT, AzureAd__Audience: `${CLIENT}, api://${CLIENT}` }
  assert.deepEqual(await declared(over, spelled), { ...expected, defaultTeamspace: 'acme' })
  const noRole = file(`azureAd: { requiredRole: null }`)
  assert.deepEqual(await declared(noRole, AZURE_AD), { ...expected, acceptedRoles: [], roles: undefined })
})

test('S3-43, S3-44 an audience of another API is an error: no v2 token for this client could carry it', async () => {
  const env = { ...AZURE_AD, AzureAd__Audience: `${CLIENT},api://other, ${TENANT}` }
  assert.match(
    await problemsOf(file(''), env),
    /^AzureAd__Audience \(azureAd\.audience\): "api:\/\/other", "aaaaaaaa-0000-[^"]*" cannot be the audience/,
  )
})

test('S3-49 the instance selects the cloud, the operator’s own too', async () => {
  const clouds = `clouds: { local: { authority: 'http://127.0.0.1:8082' } }`
  for (const [instance, cloud] of [
    ['https://login.microsoftonline.com/', 'global'],
    ['https://LOGIN.microsoftonline.us', 'usgov'],
    ['https://login.partner.microsoftonline.cn/', 'china'],
    ['http://127.0.0.1:8082/', 'local'],
  ] as const) {
    const { azureAd } = await resolve(file(clouds), { ...AZURE_AD, AzureAd__Instance: instance })
    assert.equal(azureAd?.settings.cloud, cloud)
  }
  const unknown = { ...AZURE_AD, AzureAd__Instance: 'https://login.evil.example/' }
  assert.match(await problemsOf(file(''), unknown), /is no cloud that is known here: https:\/\/login\.microsoftonline/)
})

test('S3-11, S3-52 where no server takes Entra tokens, AzureAd is not looked at, and one line says so', async () => {
  for (const mode of ['Gateway', 'None', 'Token']) {
    const config = await resolve(file(''), { MCP_AUTH_MODE: mode, AzureAd__TenantId: 'common' })
    assert.equal(config.azureAd, undefined)
    assert.equal(codes(config).filter((code) => code === 'azure_ad_ignored').length, 1)
    assert.equal(config.defaultTeamspace, undefined)
  }
})

test('an exchange of Entra tokens goes with EntraJwt alone, and the error says why', async () => {
  const why = /servers\.own\.outbound\.kind: is entra-obo, which exchanges .*; so auth must be EntraJwt alone, and is /
  for (const auth of ['Gateway', 'None', 'Token', '[EntraJwt, Token]']) {
    assert.throws(() => parseConfigFile(file('', `, auth: ${auth}`, 'entra-obo'), 'x'), why)
    assert.throws(() => parseConfigFile(file(`auth: ${auth}`, '', 'entra-obo'), 'x'), why)
  }
  const problems = await problemsOf(file('', '', 'entra-obo'), { MCP_AUTH_MODE: 'Gateway' })
  assert.match(problems, why)
  assert.match(problems, /and is Gateway \(MCP_AUTH_MODE in the environment\)$/)
  await resolve(file('', ', auth: entrajwt', 'entra-obo'))
})

const SECRET = 'sentinel-of-the-tests-0123456789abcdef'
const PUBLIC = 'listen: { public: 0.0.0.0:8080 }'

test('S3-08 None where others can reach it is asked for twice, and is a warning even then', async () => {
  const env = { MCP_AUTH_MODE: 'None' }
  const [inFile, inEnv] = ['allowInsecurePublicBind: true', { SALLYPORT_ALLOW_INSECURE_PUBLIC_BIND: 'true' }]
  for (const host of ['0.0.0.0', '[::]', '10.0.0.1', 'gate.example']) {
    const listen = `listen: { public: '${host}:8080' }`
    assert.match(await problemsOf(file(listen), env), /^listen\.public: .* could all call open, own \(auth None\)/)
  }
  assert.match(
    await problemsOf(file(`${PUBLIC}\n${inFile}`), env),
    /mean it with SALLYPORT_ALLOW_[A-Z_]+=true in the env/,
  )
  assert.match(
    await problemsOf(file(PUBLIC), { ...env, ...inEnv }),
    /mean it with allowInsecurePublicBind: true in the f/,
  )
  for (const text of [file(''), file('listen: { public: "[::1]:8080" }'), file('listen: { public: 127.8.0.1:80 }')]) {
    assert.deepEqual(codes(await resolve(text, env)), ['auth_mode_none'])
  }
  const told = await resolve(file(`${PUBLIC}\n${inFile}`), { ...env, ...inEnv })
  assert.match(told.notices[0]!.message, /everybody who can reach 0\.0\.0\.0:8080 may call open, own/)
})

test('S3-15, S3-16 Gateway without a sentinel where others can reach it is one warning, which knows the platform', async () => {
  const env = { MCP_AUTH_MODE: 'Gateway' }
  assert.deepEqual(codes(await resolve(file(PUBLIC), env)), ['gateway_without_sentinel'])
  for (const [hint, platform] of [
    ['CONTAINER_APP_HOSTNAME', 'Azure Container Apps'],
    ['CONTAINER_APP_ENV_DNS_SUFFIX', 'Azure Container Apps'],
    ['WEBSITE_HOSTNAME', 'Azure App Service'],
    ['K_SERVICE', 'a serverless container platform'],
    ['KUBERNETES_SERVICE_HOST', 'Kubernetes'],
  ] as const) {
    const { notices } = await resolve(file(PUBLIC), { ...env, [hint]: 'x' })
    assert.equal(notices.length, 1)
    assert.match(notices[0]!.message, new RegExp(`This is ${platform}, whose ingress`))
  }
  assert.deepEqual(codes(await resolve(file(''), env)), [])
  assert.deepEqual(codes(await resolve(file(PUBLIC), { ...env, MCP_GATEWAY_SECRET: SECRET })), [])
  assert.deepEqual(codes(await resolve(file(''), { MCP_GATEWAY_SECRET: SECRET })), ['gateway_secret_unused'])
})

test('S3-17 a sentinel has 32 characters or more, comes from one place, and is never shown', async () => {
  const env = { MCP_AUTH_MODE: 'Gateway' }
  const { gateway } = await resolve(file(''), {
    ...env,
    MCP_GATEWAY_SECRET: SECRET,
    MCP_GATEWAY_SECRET_PREVIOUS: `${SECRET}2`,
  })
  assert.deepEqual(gateway.sentinel, { header: 'x-gateway-secret', secrets: [SECRET, `${SECRET}2`] })
  for (const weak of [
    '',
    'short-and-sweet',
    'x'.repeat(31),
    `${'x'.repeat(40)}\n`,
    `${'ü'.repeat(40)}`,
    'x'.repeat(513),
  ]) {
    const problems = await problemsOf(file(''), { ...env, MCP_GATEWAY_SECRET: weak })
    assert.match(problems, /^MCP_GATEWAY_SECRET: must be 32 to 512 printable characters/)
    assert.ok(weak === '' || !problems.includes(weak))
  }
  const twice = { ...env, MCP_GATEWAY_SECRET: SECRET, MCP_GATEWAY_SECRET_FILE: 'x' }
  assert.match(await problemsOf(file(''), twice), /^MCP_GATEWAY_SECRET and MCP_GATEWAY_SECRET_FILE .*both are set/)
  assert.match(
    await problemsOf(file(''), { ...env, MCP_GATEWAY_SECRET_PREVIOUS: SECRET }),
    /without MCP_GATEWAY_SECRET/,
  )
  const absent = file('gateway: { sentinel: { secretFiles: [absent.secret] } }\nauth: Gateway')
  assert.match(await problemsOf(absent), /^gateway\.sentinel\.secretFiles\.0: .*absent\.secret/)
})

test('S3-18, X-52 no configuration passes the sentinel or the identity headers of gateways on', async () => {
  const identity = ['x-ms-client-principal', 'X-MS-CLIENT-PRINCIPAL-ID', 'X-MS-TOKEN-AAD-ACCESS-TOKEN']
  for (const header of [
    ...identity,
    'x-gateway-secret',
    'X_MS_CLIENT_PRINCIPAL',
    'X-Mcp-UserId',
    'X-Mcp-Roles',
    'X-Sallyport-Identity',
  ]) {
    const text = file('', `, forwardHeaders: [${header}]`)
    assert.throws(() => parseConfigFile(text, 'x'), /line 5: servers\.own\.forwardHeaders\.0: .*never passes/)
  }
  const own = file('gateway: { sentinel: { header: X-My-Secret } }', ', forwardHeaders: [x-my-secret]')
  assert.match(
    await problemsOf(own, { MCP_AUTH_MODE: 'Gateway', MCP_GATEWAY_SECRET: SECRET }),
    /^servers\.own\.forwardHeaders: has x-my-secret, whose secret is for Sallyport alone$/,
  )
  for (const header of ['mcp-secret', 'User-Agent', 'authorization', 'cookie', 'host']) {
    assert.throws(
      () => parseConfigFile(file(`gateway: { sentinel: { header: ${header} } }`), 'x'),
      /sentinel\.header: is a/,
    )
  }
})
