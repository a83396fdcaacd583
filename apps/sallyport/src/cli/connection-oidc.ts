import type { Command } from 'commander'
import type { KindOptions, SharedOptions } from './connection-options.ts'
import { CommandFailed } from './terminal.ts'

interface OidcOptions extends SharedOptions {
  readonly issuer?: string
  readonly provider?: string
  readonly subjectClaim?: string
  readonly groupsClaim?: string
  readonly keysUrl?: string
}

export const OIDC_OPTIONS: KindOptions = { kind: 'oidc', addTo, toInput }

function addTo(command: Command): Command {
  return command
    .option('--oidc', 'sign-in with any other OpenID Connect issuer')
    .option('--issuer <url>', 'the issuer, exactly as its tokens spell it')
    .option('--provider <name>', "auth0, clerk, entra, keycloak or okta; told by the issuer's address, unless set")
    .option('--subject-claim <claim>', 'claim that identifies a person for good, instead of sub')
    .option('--groups-claim <claim>', 'claim that names the groups of a person, instead of groups')
    .option('--keys-url <url>', 'where the keys are, for an issuer without discovery')
}

function toInput(options: OidcOptions): object {
  const { issuer, audience, scope, allowedClient, provider, subjectClaim, groupsClaim, keysUrl } = options
  if (issuer === undefined) throw new CommandFailed('--oidc needs --issuer')
  return {
    kind: 'oidc',
    issuer,
    audience,
    ...(scope !== undefined && { requiredScope: scope }),
    ...(allowedClient && { allowedClients: allowedClient }),
    provider,
    subjectClaim,
    groupsClaim,
    keysUrl,
  }
}
