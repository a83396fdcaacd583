import assert from 'node:assert/strict'
import { request as httpRequest } from 'node:http'
import type { IncomingHttpHeaders, OutgoingHttpHeaders } from 'node:http'
import { ACME, signIn } from '../../support/gate.ts'
import type { TestGate } from '../../support/gate.ts'

export const OBO_GRANT = 'urn:ietf:params:oauth:grant-type:jwt-bearer'

/** The exchanges that the emulator was asked for, oldest first. */
export const exchangesOf = ({ emulator }: TestGate) =>
  emulator.requests.filter(({ form }) => form?.grant_type === OBO_GRANT)

/** The one audit row of a call, as an admin reads it. */
export async function auditRowOf(gate: TestGate, response: { readonly headers: Headers }): Promise<any> {
  await gate.sallyport.flushAudit()
  const { events } = await gate.admin.must('GET', '/audit?limit=1000')
  const rows = events.filter((event: any) => event.requestId === response.headers.get('x-request-id'))
  assert.equal(rows.length, 1, 'exactly one audit row a call')
  return rows[0]
}

export const claimsOf = (accessToken: string): Record<string, any> =>
  JSON.parse(Buffer.from(accessToken.split('.')[1]!, 'base64url').toString())

/** The same token with other claims, signed by the tenant's own key; `undefined` takes a claim away. */
export const forge = ({ emulator }: TestGate, accessToken: string, changes: Record<string, unknown>) =>
  emulator.signToken(ACME.tenantId, { ...claimsOf(accessToken), ...changes })

/** A token of a client that says it understands claims challenges (`xms_cc` has `cp1`). */
export const cp1TokenFor = ({ emulator }: TestGate, email: string) =>
  signIn(emulator, ACME, email, { claims: JSON.stringify({ access_token: { xms_cc: { values: ['cp1'] } } }) })

/** The token that the server behind was shown with a request. */
export const bearerOf = (headers: IncomingHttpHeaders): string => {
  const { authorization = '' } = headers
  assert.match(authorization, /^Bearer \S+$/)
  return authorization.slice('Bearer '.length)
}

export interface RawAnswer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

/** A request whose path goes out as it is written: no client normalises it, and no redirect is followed. */
export function send(
  origin: string,
  path: string,
  { method = 'GET', headers = {}, body = '' }: { method?: string; headers?: OutgoingHttpHeaders; body?: string } = {},
): Promise<RawAnswer> {
  const { hostname, port } = new URL(origin)
  return new Promise((resolve, reject) => {
    const request = httpRequest({ hostname, port, path, method, headers, agent: false }, (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('end', () =>
        resolve({ status: response.statusCode!, headers: response.headers, body: Buffer.concat(chunks).toString() }),
      )
    })
    request.on('error', reject)
    request.end(body)
  })
}

/** The gateway client's registration, live: what a test changes, the next request sees. */
export const registrationOf = ({ emulator }: Pick<TestGate, 'emulator'>, appId = ACME.gatewayClientId) =>
  emulator.seed.tenants.flatMap(({ apps }) => apps).find((app) => app.appId === appId)!
