import type { LoadedSeed } from 'entra-emulator'
import type { DemoTenant } from './demo-directory.ts'
import { OIDC_TEAMSPACE } from './demo-people.ts'
import { urlOf } from './demo-ports.ts'
import type { DemoPorts } from './demo-ports.ts'

const CLIENT_ID = 'sallyport-console'

const callbackOf = ({ admin }: DemoPorts) => `${urlOf(admin)}/console/callback`

/** The demo's people sign in to the console as they sign in to everything else. */
export const consoleSection = (ports: DemoPorts, tenants: readonly DemoTenant[]): string => `console:
  identityProviders:
${tenants.map(toEntra).join('\n')}
    - name: ${OIDC_TEAMSPACE.slug}
      kind: oidc
      issuer: ${urlOf(ports.identityProvider)}
      clientId: ${CLIENT_ID}
      domains: [${OIDC_TEAMSPACE.slug}.example]
`

const toEntra = ({ slug, tenantId, gatewayClientId, gatewaySecret }: DemoTenant): string => `    - name: ${slug}
      kind: entra
      cloud: emulator
      tenantId: ${tenantId}
      clientId: ${gatewayClientId}
      clientSecret: ${gatewaySecret}
      domains: [${slug}.example]`

/** Those who vouch send people back to addresses that they know, and to no others. */
export function registerConsole(seed: LoadedSeed, ports: DemoPorts): void {
  const gateways = seed.tenants.flatMap(({ apps }) => apps.filter(({ displayName }) => displayName === 'MCP Gateway'))
  gateways.forEach(({ redirectUris }) => redirectUris.web.push(callbackOf(ports)))
}

export const consoleClient = (ports: DemoPorts) => ({ clientId: CLIENT_ID, redirectUris: [callbackOf(ports)] })
