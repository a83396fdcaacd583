import type { TestContext } from 'node:test'
import { signInSilently } from 'entra-emulator'
import { startIdentityProvider } from 'identity-provider'
import type { RunningIdentityProvider } from 'identity-provider'
import type { ConsoleBrowser } from './console-browser.ts'
import { ACME, GLOBEX, startGate } from './gate.ts'
import type { GateOptions, TestGate } from './gate.ts'
import { browse } from './oidc-idp.ts'

export const INITECH = {
  slug: 'initech',
  iris: { sub: 'iris-1', email: 'iris@initech.example' },
  /** Known to the identity provider, and to no teamspace. */
  noel: { sub: 'noel-1', email: 'noel@initech.example' },
  /** Runs the instance. */
  root: { sub: 'Root-1', email: 'root@initech.example' },
}

const CALLBACK = 'http://127.0.0.1/console/callback'

export interface ConsoleIdps {
  readonly gate: TestGate
  readonly idp: RunningIdentityProvider
  /** The whole way of somebody with a browser. Answers what the callback answered. */
  signIn(browser: ConsoleBrowser, email: string, more?: object): Promise<Awaited<ReturnType<ConsoleBrowser['get']>>>
  /** Up to the address that the identity provider sends the browser back to. */
  goThere(browser: ConsoleBrowser, email: string, more?: object): Promise<URL>
}

/** A gate whose console knows two Entra tenants, and an OpenID provider, each with members in a teamspace. */
export async function startConsoleGate(t: TestContext, options: GateOptions = {}): Promise<ConsoleIdps> {
  const { iris, noel, root } = INITECH
  const clients = [{ clientId: 'console', redirectUris: [CALLBACK] }]
  const idp = await startIdentityProvider({ port: 0, users: [iris, noel, root], clients })
  t.after(() => idp.close())
  const settings = `console:
  identityProviders:
    - { name: acme, kind: entra, cloud: emulator, tenantId: ${ACME.tenantId}, clientId: ${ACME.gatewayClientId}, clientSecret: ${ACME.gatewaySecret}, domains: [acme.example] }
    - { name: globex, kind: entra, cloud: emulator, clientId: ${GLOBEX.gatewayClientId}, clientSecret: ${GLOBEX.gatewaySecret}, tenants: [{ tenantId: ${GLOBEX.tenantId}, domains: [globex.example] }] }
    - { name: staff, kind: oidc, issuer: '${idp.issuer}', clientId: console, domains: [initech.example] }
  operators: [{ provider: staff, subject: ${root.sub} }]
`
  const gate = await startGate({ ...options, settings: `${settings}${options.settings ?? ''}` })
  t.after(() => gate.close())
  for (const tenant of gate.emulator.seed.tenants)
    for (const app of tenant.apps) if (app.displayName === 'MCP Gateway') app.redirectUris.web.push(CALLBACK)
  await gate.admin.must('POST', '/teamspaces', { slug: INITECH.slug, name: 'Initech' })
  const connection = { kind: 'oidc', issuer: idp.issuer, audience: gate.mcpUrl }
  await gate.admin.must('PUT', `/teamspaces/${INITECH.slug}/connections/oidc`, connection)
  await gate.admin.must('POST', `/teamspaces/${INITECH.slug}/members`, { email: iris.email, subject: iris.sub })

  const goThere = async (browser: ConsoleBrowser, email: string, more: object = {}) => {
    const begun = await browser.post('/console/sign-in', { email, ...more })
    if (begun.body?.next !== 'redirect') throw new Error(`sign-in: ${begun.status} ${begun.text}`)
    const { location } = begun.body as { location: string }
    return location.startsWith(idp.issuer) ? browse(new URL(location), { email }) : signInSilently(location, email)
  }
  return {
    gate,
    idp,
    goThere,
    async signIn(browser, email, more) {
      const back = await goThere(browser, email, more)
      return browser.get(`${back.pathname}${back.search}`, { 'sec-fetch-site': 'cross-site' })
    },
  }
}
