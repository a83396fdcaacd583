/** What `init` writes: every setting that a first installation decides, each with why one would change it. */
export const SAMPLE_CONFIG = `# Sallyport. Check a change with any command: all problems are named, each with its line.

# The address that people's MCP clients use. Every metadata document is built from it.
publicUrl: http://127.0.0.1:8080

listen:
  # MCP clients. Put a TLS proxy in front before you let others in.
  public: 127.0.0.1:8080
  # The console and the admin API. Keep them on this machine or in a private network.
  admin: 127.0.0.1:8081

# One file for one Sallyport. For several, set DATABASE_URL to a postgres:// URL.
database: sqlite:./sallyport.db

# Encrypts the secrets in the database. SALLYPORT_KEY in the environment wins.
keyFile: ./sallyport.key

# How callers prove themselves, where a server does not say: EntraJwt, Oidc, Token, Kubernetes or several of these;
# Gateway, behind a gateway that has asked already; None, on this machine only. MCP_AUTH_MODE in the environment wins.
auth: EntraJwt

# The Entra tenant whose people may call, and the app registration that their tokens are for. Or add it while Sallyport
# runs, with: sallyport connection set.
# azureAd: { tenantId: 00000000-0000-0000-0000-000000000000, clientId: 00000000-0000-0000-0000-000000000000 }

servers:
  # Reached at /example/mcp, and at /t/{teamspace}/example/mcp.
  example:
    path: /example/mcp
    upstream: http://127.0.0.1:9000/mcp
    # What the server behind is shown: none, static (one secret of yours), signed-identity (a JWT about the caller), or
    # entra-obo (a token minted per person, with auth: EntraJwt).
    outbound: { kind: none }

    # How often one caller may call a tool; * stands for anything. docs/limits.md
    # toolRates: { 'export_*': { calls: 10, seconds: 3600 } }

# Proxies in front, whose X-Forwarded-For says where a call came from. Without this a proxy counts as one address, and
# the refusals of one client close the door to all behind it.
# trustedProxies: [10.0.0.0/8]

# Who signs in to the console, beside its first operator: members of teamspaces, by a client of their identity provider
# with the redirect URI {url}/console/callback. docs/console.md
# console:
#   url: https://console.example.com
#   identityProviders: [{ name: staff, kind: oidc, issuer: https://id.example.com, clientId: console }]

# How often, and how many at once; these are beside what holds already. docs/limits.md
# limits:
#   rate:
#     principal: { calls: 300, seconds: 60 }
#     teamspace: { calls: 6000, seconds: 60 }

# With required, nothing is forwarded before its row of the audit trail is on the disk. Rows stay for ever, unless told.
# audit: { mode: required, retentionDays: 365 }

# Further Entra clouds, such as an emulator; global, usgov and china are there already.
# clouds:
#   local: { authority: http://127.0.0.1:8082 }
`
