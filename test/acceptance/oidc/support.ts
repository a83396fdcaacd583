import { startGate } from '../../support/gate.ts'
import type { GateOptions } from '../../support/gate.ts'
import { startOidcIdp } from '../../support/oidc-idp.ts'

export const ADA = { sub: 'Ada-1', email: 'ada@initech.example', claims: { groups: ['staff', 'admins'] } }
export const BEN = { sub: 'ben-2', email: 'ben@initech.example' }

const SERVERS = (upstream: string) => `servers:
  context7: { path: /context7/mcp, upstream: '${upstream}', auth: [Oidc], outbound: { kind: none } }
  both: { path: /both/mcp, upstream: '${upstream}', auth: [EntraJwt, Oidc], outbound: { kind: none } }
  entra: { path: /entra/mcp, upstream: '${upstream}', auth: [EntraJwt], outbound: { kind: none } }
  tokens: { path: /tokens/mcp, upstream: '${upstream}', auth: [Token], outbound: { kind: none } }
`

/** The gate with a teamspace whose people sign in at an issuer of their own, a real one; Ada is a member, Ben is not. */
export async function startOidcGate(options: GateOptions = {}) {
  const idp = await startOidcIdp([ADA, BEN])
  const gate = await startGate({ servers: SERVERS, ...options })
  const url = `${gate.publicUrl}/t/initech/context7/mcp`
  const settings = { kind: 'oidc', issuer: idp.issuer, audience: url, requiredScope: 'mcp.access' }
  const connect = (changes: object = {}) =>
    gate.admin.must('PUT', '/teamspaces/initech/connections/oidc?confirmOrphans=true', { ...settings, ...changes })
  const addMember = ({ email, sub }: { email: string; sub: string }) =>
    gate.admin.must('POST', '/teamspaces/initech/members', { email, subject: sub })

  await gate.admin.must('POST', '/teamspaces', { slug: 'initech', name: 'Initech' })
  await connect()
  await addMember(ADA)
  return {
    ...gate,
    idp,
    /** The server, in the teamspace's own place; also the audience of its tokens. */
    url,
    connect,
    addMember,
    /** An access token of this person, from a sign-in of theirs. */
    tokenOf: async ({ email }: { email: string }, scope?: string) => (await idp.signIn(email, url, scope)).access_token,
    call: (accessToken: string | undefined, place = url) => gate.call(accessToken, { url: place }),
    /** Claims that the gate accepts, but for the changes. */
    claims: (changes: object = {}) => {
      const nowSeconds = Math.floor((options.now ?? Date.now)() / 1000)
      return {
        iss: idp.issuer,
        aud: url,
        sub: ADA.sub,
        iat: nowSeconds,
        exp: nowSeconds + 600,
        scope: 'openid mcp.access',
        client_id: 'mcp-client',
        ...changes,
      }
    },
    /** The last row of the audit trail: what an admin reads of a refusal. */
    lastRow: async (): Promise<Record<string, any>> => {
      await gate.sallyport.flushAudit()
      return (await gate.admin.must('GET', '/audit?limit=1')).events[0]
    },
    async close() {
      await gate.close()
      await idp.close()
    },
  }
}

export type OidcGate = Awaited<ReturnType<typeof startOidcGate>>
