import { randomUUID, sign } from 'node:crypto'
import { BoundedMap } from '@sallyport/verifier'
import type { CacheUses } from '../telemetry/cache-uses.ts'
import type { SigningKey } from './signing-key.ts'
import type { SigningKeys } from './signing-keys.ts'

const LIFE_SECONDS = 60
/** Many libraries allow no tolerance for `nbf` and `iat`: a server's clock may be this much behind ours. */
const BACKDATED_SECONDS = 5
/** At least half of its life is left for the way and for slower clocks. */
const REUSED_MS = 30_000
/** Rare identities of unusual size (hundreds of scopes) are signed each time rather than held in memory. */
const MAX_HELD_LENGTH = 4096
/** RFC 6749 §3.3. A list may have words with spaces in them; joined, they would be read as scopes of their own. */
const SCOPE = /^[\x21\x23-\x5b\x5d-\x7e]+$/

/** What the server behind is told of its caller. */
export interface Identity {
  readonly teamspaceId: string
  /** The teamspace's slug. */
  readonly teamspace?: string | undefined
  /** Stable within the installation, whatever becomes of names and addresses. */
  readonly subject: string
  /** How the caller was proven: `member`, `mcp_token` … */
  readonly kind: string
  readonly memberId?: string | undefined
  /** A label, never an identity. */
  readonly email?: string | undefined
  readonly role?: string | undefined
  readonly clientId?: string | undefined
  readonly scopes: readonly string[]
}

export interface IdentitySigner {
  /** Signed before and shown again, or signed anew. */
  readonly uses: Readonly<CacheUses>
  /** A JWT about the caller for this audience alone. At once when the keys are in hand. */
  sign(audience: string, about: Identity): string | Promise<string>
}

export interface IdentitySignerOptions {
  readonly keys: Pick<SigningKeys, 'current'>
  readonly issuer: string
  /** Milliseconds since the epoch. */
  readonly now?: () => number
  readonly maxEntries?: number
  readonly uses?: CacheUses
}

/** The inner door by our own signature (B-10): an access token as in RFC 9068, so that any OIDC library can verify it. */
export function createIdentitySigner(options: IdentitySignerOptions): IdentitySigner {
  const { keys, issuer, now = Date.now, maxEntries = 10_000, uses = { hits: 0, misses: 0 } } = options
  const signed = new BoundedMap<{ readonly jwt: string; readonly signedAt: number }>(maxEntries)

  function signNew(said: string, { privateKey, publicJwk }: SigningKey): string {
    const signedAt = now()
    const iat = Math.floor(signedAt / 1000) - BACKDATED_SECONDS
    const times = { iat, nbf: iat, exp: iat + LIFE_SECONDS, jti: randomUUID() }
    const header = encode({ alg: 'ES256', kid: publicJwk.kid, typ: 'at+jwt' })
    const input = `${header}.${encode({ iss: issuer, ...times, ...JSON.parse(said) })}`
    const signature = sign('sha256', Buffer.from(input), { key: privateKey, dsaEncoding: 'ieee-p1363' }) // RFC 7518 §3.4
    const jwt = `${input}.${signature.toString('base64url')}`
    if (said.length <= MAX_HELD_LENGTH) signed.set(said, { jwt, signedAt })
    return jwt
  }

  return {
    uses,
    sign(audience, about) {
      // All that the JWT says is its key in the cache: it cannot be another caller's, nor outlive a change.
      const said = JSON.stringify(toClaims(audience, about))
      const held = signed.get(said)
      const age = held ? now() - held.signedAt : Infinity
      if (held && age >= 0 && age < REUSED_MS) {
        uses.hits += 1
        return held.jwt
      }
      uses.misses += 1
      const key = keys.current()
      return key instanceof Promise ? key.then((later) => signNew(said, later)) : signNew(said, key)
    },
  }
}

function toClaims(audience: string, about: Identity) {
  const scopes = about.scopes.filter((scope) => SCOPE.test(scope))
  return {
    aud: audience,
    sub: about.subject,
    kind: about.kind,
    teamspace_id: about.teamspaceId,
    teamspace: about.teamspace,
    member_id: about.memberId,
    email: about.email,
    role: about.role,
    client_id: about.clientId,
    scope: scopes.length > 0 ? scopes.join(' ') : undefined,
  }
}

const encode = (part: object): string => Buffer.from(JSON.stringify(part)).toString('base64url')
