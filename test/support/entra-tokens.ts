import { generateKeyPairSync, randomUUID, sign as signBytes } from 'node:crypto'
import { ACME } from './gate.ts'
import type { TestGate } from './gate.ts'

/** A clock that stands still until told. */
export function testClock(startSeconds = 1_800_000_000) {
  let seconds = startSeconds
  return {
    now: () => seconds * 1000,
    get seconds() {
      return seconds
    },
    advance: (by: number) => void (seconds += by),
  }
}

export type TestClock = ReturnType<typeof testClock>

/** Servers that are shown no credential: for tests of the outer door alone. */
export const NO_CREDENTIAL = (upstream: string) => `servers:
  context7:
    path: /context7/mcp
    upstream: ${upstream}
    outbound: { kind: none }
`

type Claims = Record<string, unknown>

/** Ada's access token for the gate as Entra would write it, but for the changes. */
export function userClaims(gate: Pick<TestGate, 'emulator'>, nowSeconds: number, changes: Claims = {}): Claims {
  return {
    aud: ACME.gatewayClientId,
    iss: issuerOf(gate, ACME.tenantId),
    iat: nowSeconds,
    nbf: nowSeconds,
    exp: nowSeconds + 3600,
    azp: ACME.gatewayClientId,
    azpacr: '0',
    oid: ACME.ada.oid,
    preferred_username: ACME.ada.email,
    scp: 'Mcp.Gateway.Access',
    sub: 'pairwise-subject-of-ada',
    tid: ACME.tenantId,
    uti: randomUUID(),
    ver: '2.0',
    ...changes,
  }
}

export const issuerOf = ({ emulator }: Pick<TestGate, 'emulator'>, tenantId: string) =>
  `${emulator.url}/${tenantId}/v2.0`

const encode = (value: unknown): string =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url')

/** A compact JWS with whatever signature `sign` makes of its input; header and payload may be raw JSON text. */
export function compactJws(header: unknown, payload: unknown, sign: (input: Buffer) => Buffer): string {
  const input = `${encode(header)}.${encode(payload)}`
  return `${input}.${sign(Buffer.from(input)).toString('base64url')}`
}

/**
 * A key of the test's own that Entra's key sets contain as well, so that headers no library writes can be signed well.
 * Give `fetch` to the gate: it adds the key to every key set that passes.
 */
export function publishedKey(kid = 'test-key', member: Record<string, unknown> = {}) {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const jwk = { ...publicKey.export({ format: 'jwk' }), use: 'sig', kid, ...member }
  return {
    kid,
    jwk,
    privateKey,
    publicKey,
    sign: (payload: unknown, header: Record<string, unknown> | string = {}, hash = 'RSA-SHA256') =>
      compactJws(typeof header === 'string' ? header : { alg: 'RS256', typ: 'JWT', kid, ...header }, payload, (input) =>
        signBytes(hash, input, privateKey),
      ),
    fetch: (async (...[input, init]: Parameters<typeof fetch>) => {
      const answer = await fetch(input, init)
      if (!String(input).includes('/discovery/v2.0/keys') || answer.status !== 200) return answer
      const { keys } = (await answer.json()) as { keys: unknown[] }
      return Response.json({ keys: [...keys, jwk] })
    }) as typeof fetch,
  }
}

/** Requests for key sets that the emulator has answered so far. */
export const keyFetches = ({ emulator }: Pick<TestGate, 'emulator'>): number =>
  emulator.requests.filter(({ path }) => path.endsWith('/discovery/v2.0/keys')).length
