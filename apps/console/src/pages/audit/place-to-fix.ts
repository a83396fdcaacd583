interface Place {
  readonly path: string
  readonly label: string
}

const CONNECTIONS: Place = { path: '/connections', label: 'Connections' }
const MEMBERS: Place = { path: '/members', label: 'Members' }
const POLICIES: Place = { path: '/policies', label: 'Policies' }
const SERVERS: Place = { path: '/servers', label: 'Servers' }
const SETUP: Place = { path: '/setup', label: 'the setup guide' }
const TOKENS: Place = { path: '/tokens', label: 'Tokens' }

const PLACES: Readonly<Record<string, Place>> = {
  token_missing: SETUP,
  credential_kind_refused: SERVERS,
  audience_missing: CONNECTIONS,
  audience_unknown: CONNECTIONS,
  claims_invalid: CONNECTIONS,
  app_token_refused: CONNECTIONS,
  scope_insufficient: POLICIES,
  member_unknown: MEMBERS,
  role_insufficient: MEMBERS,
  token_scope_insufficient: TOKENS,
  tool_unknown: POLICIES,
  prompt_unknown: POLICIES,
  resource_unknown: POLICIES,
  call_forbidden: POLICIES,
  groups_unavailable: CONNECTIONS,
  consent_required: SETUP,
  exchange_misconfigured: CONNECTIONS,
  keys_unavailable: CONNECTIONS,
  upstream_unreachable: SERVERS,
  upstream_timeout: SERVERS,
  upstream_refused_credential: SERVERS,
}

/** The page where the setting is that would change a refusal; undefined where it is the operator's, or nobody's here. */
export const placeToFix = (code: string): Place | undefined => PLACES[code]
