/** What `demo.json` tells scripts. Its secrets open this demo and nothing else. */
export interface DemoFile {
  readonly publicUrl: string
  readonly adminUrl: string
  readonly emulatorUrl: string
  readonly identityProviderUrl: string
  readonly clusterUrl: string
  readonly upstreamUrl: string
  /** The default teamspace's server. */
  readonly mcpUrl: string
  readonly operatorToken: string
  /** Those whose people sign in with Entra. */
  readonly teamspaces: readonly DemoTeamspace[]
  readonly oidc: DemoOidc
  readonly mcpToken: DemoMcpToken
  readonly kubernetes: DemoKubernetes
  readonly gateway: DemoGateway
  /** The server that asks nobody who they are. */
  readonly open: { readonly mcpUrl: string }
}

export interface DemoUser {
  readonly name: string
  readonly email: string
  readonly oid: string
  readonly password: string
}

export interface DemoTeamspace {
  readonly slug: string
  readonly mcpUrl: string
  readonly tenantId: string
  readonly gatewayClientId: string
  readonly apiClientId: string
  /** Members, the owner first. */
  readonly users: readonly DemoUser[]
  /** People of the Entra tenant who are not members. */
  readonly strangers: readonly DemoUser[]
}

/** A teamspace whose people sign in at an OpenID provider of their own. */
export interface DemoOidc {
  readonly slug: string
  readonly mcpUrl: string
  /** Members, the owner first. */
  readonly users: readonly DemoPerson[]
  readonly strangers: readonly DemoPerson[]
}

export interface DemoPerson {
  readonly email: string
  readonly sub: string
}

export interface DemoMcpToken {
  readonly slug: string
  readonly mcpUrl: string
  readonly token: string
}

/** A teamspace with a workload, and how to get further tokens of its service account. */
export interface DemoKubernetes {
  readonly slug: string
  readonly mcpUrl: string
  readonly namespace: string
  readonly serviceAccount: string
  /** What its tokens have to be for. */
  readonly audience: string
  /** A token, as a pod would find it. */
  readonly tokenFile: string
  readonly adminToken: string
}

export interface DemoGateway {
  readonly mcpUrl: string
  /** In which the gateway in front sends its secret. */
  readonly header: string
  readonly secret: string
}
