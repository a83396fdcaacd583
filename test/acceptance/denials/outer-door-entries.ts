import { ACME, GLOBEX } from '../../support/gate.ts'
import { SENTINEL } from './world.ts'
import type { World } from './world.ts'
import type { Entry } from './entry.ts'

const METADATA = '/.well-known/oauth-protected-resource'

/** Where the challenge of the first server sends its callers. */
export const signIn = ({ publicUrl }: World) => ({
  resource_metadata: publicUrl + METADATA,
  scope: `api://${ACME.gatewayClientId}/Mcp.Gateway.Access`,
})
export const signInOf = (server: string) => (world: World) => ({
  ...signIn(world),
  resource_metadata: `${world.publicUrl}${METADATA}/${server}/mcp`,
})
export const invalidToken = (world: World) => ({ ...signIn(world), error: 'invalid_token' })

const CLIENT = 'the client sent it so'
const CONNECTION = 'compare with `sallyport connection show TEAMSPACE`'
const EXPLAIN = 'look at the token with `sallyport explain-token`'

/** Refusals of whoever cannot show who they are: the same for all, whatever they ask. */
export const OUTER_DOOR: readonly Entry[] = [
  {
    code: 'token_missing',
    send: ({ send }) => send('tools', undefined),
    status: 401,
    challenge: signIn,
    step: 'authenticate',
    fix: 'the client has to sign in, or to send its MCP token',
  },
  {
    code: 'token_malformed',
    send: ({ send }) => send('tools', 'two words'),
    status: 401,
    challenge: invalidToken,
    step: 'authenticate',
    detail: () => ({ detail: 'more than one word' }),
    fix: CLIENT,
  },
  {
    code: 'credential_kind_refused',
    send: async ({ send, mint }) => send('exchanged', await mint()),
    status: 401,
    server: 'exchanged',
    challenge: (world) => ({ ...signInOf('exchanged')(world), error: 'invalid_token' }),
    step: 'authenticate',
    detail: () => ({ presented: 'token', expected: 'entra' }),
    fix: 'servers.exchanged.auth',
  },
  {
    code: 'token_invalid',
    send: ({ send }) => send('tools', `mcpt_${'a'.repeat(43)}`),
    status: 401,
    challenge: invalidToken,
    step: 'authenticate',
    detail: () => ({ detail: 'unknown MCP token' }),
    fix: EXPLAIN,
  },
  {
    code: 'audience_missing',
    send: async ({ send, sign }) => send('tools', await sign({ aud: undefined })),
    status: 401,
    challenge: invalidToken,
    step: 'authenticate',
    fix: CONNECTION,
  },
  {
    code: 'audience_unknown',
    send: async ({ send, sign }) => send('tools', await sign({ aud: ACME.apiClientId })),
    status: 401,
    challenge: invalidToken,
    step: 'authenticate',
    detail: () => ({ presented: ACME.apiClientId }),
    fix: CONNECTION,
  },
  {
    code: 'token_expired',
    send: async ({ send, sign, clock }) => send('tools', await sign({ exp: clock.seconds - 61 })),
    status: 401,
    challenge: invalidToken,
    step: 'authenticate',
    detail: ({ clock }) => ({ presented: new Date((clock.seconds - 61) * 1000).toISOString() }),
    fix: 'the client has to sign in again',
  },
  {
    code: 'claims_invalid',
    send: async ({ send, sign }) => send('tools', await sign({ tid: GLOBEX.tenantId })),
    status: 401,
    challenge: invalidToken,
    step: 'authenticate',
    detail: () => ({ claim: 'tid', presented: GLOBEX.tenantId, expected: ACME.tenantId }),
    fix: CONNECTION,
  },
  {
    code: 'signature_invalid',
    send: ({ send, ada }) => send('tools', `${ada.slice(0, -6)}AAAAAA`),
    status: 401,
    challenge: invalidToken,
    step: 'authenticate',
    fix: EXPLAIN,
  },
  {
    code: 'token_version_unsupported',
    send: async ({ send, sign }) => send('tools', await sign({ ver: '1.0' })),
    status: 401,
    challenge: invalidToken,
    step: 'authenticate',
    detail: () => ({ presented: '1.0' }),
    fix: 'api.requestedAccessTokenVersion: 2 in the app manifest',
  },
  {
    code: 'app_token_refused',
    send: async ({ send, sign }) =>
      send('tools', await sign({ scp: undefined, sub: ACME.ada.oid, roles: ['Some.Role'] })),
    status: 401,
    challenge: invalidToken,
    step: 'authenticate',
    detail: () => ({ presented: ['Some.Role'] }),
    fix: 'sallyport connection set --accepted-role',
  },
  {
    code: 'scope_insufficient',
    when: "the connection's own",
    send: async ({ send, sign }) => send('tools', await sign({ scp: 'Other.Scope' })),
    status: 403,
    challenge: (world) => ({ ...signIn(world), error: 'insufficient_scope' }),
    step: 'authenticate',
    detail: () => ({ required: ['Mcp.Gateway.Access'], presented: ['Other.Scope'] }),
    fix: 'servers.tools.scopes, the scope of the connection, or the rule that is named here',
  },
  {
    code: 'sentinel_invalid',
    send: ({ send }) => send('behind', undefined, { headers: { 'x-gateway-secret': `${SENTINEL}x` } }),
    status: 401,
    server: 'behind',
    challenge: () => ({ error: 'invalid_token' }),
    step: 'authenticate',
    detail: () => ({ detail: 'wrong' }),
    fix: 'gateway.sentinel',
  },
  {
    code: 'teamspace_mismatch',
    send: ({ send, ada, publicUrl }) => send('tools', ada, { url: `${publicUrl}/t/globex/tools/mcp` }),
    status: 401,
    challenge: ({ publicUrl }) => ({
      resource_metadata: `${publicUrl}${METADATA}/t/globex/tools/mcp`,
      scope: `api://${GLOBEX.gatewayClientId}/Mcp.Gateway.Access`,
      error: 'invalid_token',
    }),
    step: 'admit',
    detail: ({ idOf }) => ({ expected: idOf.globex, presented: idOf.acme }),
    fix: 'the path names another teamspace than the one of the credential',
  },
  {
    code: 'member_unknown',
    send: async ({ send, sign }) => send('tools', await sign({ oid: ACME.dev.oid })),
    status: 401,
    challenge: invalidToken,
    step: 'admit',
    detail: () => ({ presented: { issuer: `entra:emulator:${ACME.tenantId}`, subject: ACME.dev.oid } }),
    fix: 'sallyport member add',
  },
]
