/** What `demo.json` tells scripts. Passwords are the emulator's own and open nothing else. */
export interface DemoFile {
  readonly publicUrl: string
  readonly adminUrl: string
  readonly emulatorUrl: string
  readonly upstreamUrl: string
  /** The default teamspace's server. */
  readonly mcpUrl: string
  readonly operatorToken: string
  readonly teamspaces: readonly DemoTeamspace[]
}

export interface DemoUser {
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

export interface DemoPorts {
  readonly gate: number
  readonly admin: number
  readonly emulator: number
  readonly findings: number
}

/** The demo's `sallyport.yaml`: written anew at each start, since the ports are in it. */
export const demoConfigText = ({
  gate,
  admin,
  emulator,
  findings,
}: DemoPorts): string => `# Written by \`npm start\`; edits are lost at the next start.
publicUrl: http://127.0.0.1:${gate}
listen:
  public: 127.0.0.1:${gate}
  admin: 127.0.0.1:${admin}
database: sqlite:./sallyport.db
clouds:
  emulator:
    authority: http://127.0.0.1:${emulator}
    graph: http://127.0.0.1:${emulator}/graph
defaultTeamspace: acme
facade:
  registration: static
servers:
  findings:
    path: /findings/mcp
    upstream: http://127.0.0.1:${findings}/mcp
    auth: [EntraJwt]
    outbound: { kind: entra-obo }
`
