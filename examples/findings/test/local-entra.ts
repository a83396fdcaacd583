import { generateKeyPairSync, sign } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

export const AUDIENCE = '6d1b4bd1-7c1f-4f6c-9a53-0b4d2f9b1a11'
export const GATE_AUDIENCE = '0a6a3a3e-55ad-4f0e-8a4f-3f5c1d1f7b22'

export const ACME = {
  tenantId: '11111111-aaaa-4aaa-8aaa-111111111111',
  teamspaceId: '3f2504e0-4f89-11d3-9a0c-0305e82c3301',
}
export const GLOBEX = {
  tenantId: '22222222-bbbb-4bbb-8bbb-222222222222',
  teamspaceId: '9c5b94b1-35ad-49bb-b118-8e8fc24abf80',
}
export const ALICE = 'aaaaaaaa-0000-4000-8000-00000000a11c'
export const BOB = 'bbbbbbbb-0000-4000-8000-000000000b0b'
export const CLIENT = 'cccccccc-0000-4000-8000-00000000c11e'

/** The two services that a verifier asks: keys of the Entra tenants, and Sallyport's look-up of connections. */
export async function startLocalEntra() {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const keys = { keys: [{ ...publicKey.export({ format: 'jwk' }), kid: 'local', use: 'sig', alg: 'RS256' }] }
  let connectionsDown = false

  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://local')
    const answer = (status: number, body: unknown) =>
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
    if (pathname.endsWith('/discovery/v2.0/keys')) return answer(200, keys)
    if (connectionsDown) return answer(500, {})
    const connection = connectionOf(pathname.split('/').at(-1), searchParams.get('tid'))
    return connection ? answer(200, connection) : answer(404, {})
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`

  return {
    url,
    clouds: { local: { authority: url } },
    setConnectionsDown: (down: boolean) => (connectionsDown = down),
    /** An access token as the exchange at the gate gets one for this server. */
    accessToken({ tenantId } = ACME, subject = ALICE, claims: Record<string, unknown> = {}) {
      const nowSeconds = Math.floor(Date.now() / 1000)
      const payload = {
        iss: `${url}/${tenantId}/v2.0`,
        aud: AUDIENCE,
        tid: tenantId,
        oid: subject,
        sub: `pairwise-of-${subject}`,
        azp: CLIENT,
        azpacr: '1',
        scp: 'Findings.Read Findings.Write',
        ver: '2.0',
        iat: nowSeconds,
        nbf: nowSeconds,
        exp: nowSeconds + 600,
        ...claims,
      }
      const signed = `${part({ alg: 'RS256', typ: 'JWT', kid: 'local' })}.${part(payload)}`
      return `${signed}.${sign('sha256', Buffer.from(signed), privateKey).toString('base64url')}`
    },
    async close() {
      server.close()
      server.closeAllConnections()
    },
  }
}

const part = (json: object) => Buffer.from(JSON.stringify(json)).toString('base64url')

function connectionOf(audience: string | undefined, tenantId: string | null) {
  const teamspace = [ACME, GLOBEX].find((known) => known.tenantId === tenantId)
  if (!teamspace || (audience !== AUDIENCE && audience !== GATE_AUDIENCE)) return undefined
  const use = audience === GATE_AUDIENCE ? 'gate' : 'server'
  return { ...teamspace, requiredScope: 'Findings.Read', cloud: 'local', use }
}
