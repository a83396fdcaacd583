import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { test } from 'node:test'
import { TEST_SALLYPORT_KEY } from '../../../../test/support/sealing-key.ts'
import { ConfigInvalid } from './config-invalid.ts'
import { parseConfigFile } from './parse-config-file.ts'
import { resolveConfig } from './resolve-config.ts'

const TENANT = '11111111-2222-4333-8444-555555555555'
const OTHER = '22222222-2222-4333-8444-555555555555'
const ENTRA = `kind: entra, name: acme, clientId: c, clientSecret: s`

async function resolve(section: string, more = '', file = 'sallyport.yaml') {
  const text = `publicUrl: https://gate.example
${more}
servers: { notes: { path: /notes/mcp, upstream: 'http://127.0.0.1:9/mcp', outbound: { kind: none } } }
console: ${section}
`
  const env = { DATABASE_URL: 'sqlite::memory:', SALLYPORT_KEY: TEST_SALLYPORT_KEY }
  return (await resolveConfig(parseConfigFile(text, file), { file, env })).console
}

test('without a word the console is at the admin listener on loopback, and nowhere else', async () => {
  assert.deepEqual(await resolve('{}'), {
    url: 'http://127.0.0.1:8081',
    sessionHours: 8,
    idleMinutes: 60,
    identityProviders: [],
    operators: [],
  })
  assert.equal((await resolve('{}', "listen: { admin: '[::1]:99' }")).url, 'http://[::1]:99')
  assert.equal((await resolve('{}', 'listen: { admin: 0.0.0.0:8081 }')).url, undefined)
  const proxied = await resolve("{ url: 'https://console.example/' }", 'listen: { admin: 0.0.0.0:8081 }')
  assert.equal(proxied.url, 'https://console.example')
})

test('an identity provider has its secret in the file, or in one of its own', async (t) => {
  const folder = await mkdtemp(path.join(tmpdir(), 'sallyport-console-'))
  t.after(() => rm(folder, { recursive: true }))
  await writeFile(path.join(folder, 'client.secret'), 'from-a-file\n')
  const section = `
  identityProviders:
    - { kind: oidc, name: staff, issuer: https://id.example, clientId: c, clientSecretFile: client.secret }
    - { ${ENTRA}, tenantId: ${TENANT.toUpperCase()}, domains: [Acme.Example] }
  operators: [{ provider: staff, subject: root }, { provider: acme, subject: ${OTHER} }]`
  const [staff, acme] = (await resolve(section, '', path.join(folder, 'sallyport.yaml'))).identityProviders
  assert.equal(staff?.clientSecret, 'from-a-file')
  assert.deepEqual(acme?.kind === 'entra' && acme.tenants, [{ tenantId: TENANT, domains: ['acme.example'] }])
})

const BAD: readonly (readonly [what: string, section: string, says: RegExp])[] = [
  ['http elsewhere', "{ url: 'http://console.example' }", /console\.url: must be https/],
  ['a path', "{ url: 'https://console.example/x' }", /console\.url: must be an origin/],
  ['the public URL', "{ url: 'https://gate.example' }", /console\.url: must not be publicUrl/],
  ['an idle time without end', '{ idleMinutes: 0 }', /console\.idleMinutes/],
  ['Entra without a tenant', `{ identityProviders: [{ ${ENTRA} }] }`, /either tenantId or tenants/],
  [
    'Entra with both',
    `{ identityProviders: [{ ${ENTRA}, tenantId: ${TENANT}, tenants: [{ tenantId: ${OTHER} }] }] }`,
    /either tenantId or tenants/,
  ],
  ['many tenants by one name', `{ identityProviders: [{ ${ENTRA}, tenantId: common }] }`, /must be a GUID/],
  [
    'Entra without a secret',
    `{ identityProviders: [{ kind: entra, name: acme, clientId: c, tenantId: ${TENANT} }] }`,
    /needs clientSecret or clientSecretFile/,
  ],
  [
    'an unknown cloud',
    `{ identityProviders: [{ ${ENTRA}, tenantId: ${TENANT}, cloud: constructor }] }`,
    /constructor is not known here/,
  ],
  [
    'a secret that is not there',
    '{ identityProviders: [{ kind: oidc, name: a, issuer: https://a.example, clientId: c, clientSecretFile: none }] }',
    /clientSecretFile: .*there is no such file/,
  ],
  [
    'an issuer without TLS',
    '{ identityProviders: [{ kind: oidc, name: a, issuer: http://a.example, clientId: c }] }',
    /issuer: must be https/,
  ],
  [
    'one domain for two',
    `{ identityProviders: [{ ${ENTRA}, tenants: [{ tenantId: ${TENANT}, domains: [a.example] }, { tenantId: ${OTHER}, domains: [A.example] }] }] }`,
    /a\.example stands there twice/,
  ],
  [
    'one tenant twice',
    `{ identityProviders: [{ ${ENTRA}, tenants: [{ tenantId: ${TENANT} }, { tenantId: ${TENANT} }] }] }`,
    /tenant .* stands there twice/,
  ],
  ['an operator of nobody', '{ operators: [{ provider: a, subject: b }] }', /a is not among identityProviders/],
  [
    'an operator of one of several tenants',
    `{ identityProviders: [{ ${ENTRA}, tenants: [{ tenantId: ${TENANT} }, { tenantId: ${OTHER} }] }], operators: [{ provider: acme, subject: b }] }`,
    /tenantId: is needed/,
  ],
]

for (const [what, section, says] of BAD) {
  test(`a console with ${what} is refused`, async () => {
    await assert.rejects(resolve(section), (error) => error instanceof ConfigInvalid && says.test(error.message))
  })
}
