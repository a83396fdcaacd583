import { authorizationCodeGrant, AuthorizationResponseError, ClientError, ResponseBodyError } from 'openid-client'
import type { IDToken } from 'openid-client'
import { toGuid } from '../connections/guid.ts'
import { spellEmail } from '../members/new-member.ts'
import type { FederatedDeps } from './begin-federated.ts'
import type { LoginState } from './login-state.ts'
import { RealmFault } from './realm-client.ts'
import type { Realm } from './realms.ts'
import type { SignInRefused } from './signed-in.ts'

/** Whom the identity provider vouches for. */
export interface ProvenIdentity {
  /** As members' identities have it. */
  readonly issuer: string
  readonly subject: string
  /** What the identity provider calls them. Nothing is decided by it. */
  readonly label: string | undefined
}

/** `provider_refused`: it says no. `answer_invalid`: what came is no answer to what was asked. */
export type FederatedRefusal = SignInRefused<'provider_refused' | 'answer_invalid'>

const refuse = (notSignedIn: FederatedRefusal['notSignedIn']): FederatedRefusal => ({ notSignedIn })

/** Judges what the browser came back with. `search`: the query of the callback, as it came. */
export async function finishFederated(
  realm: Realm,
  { login, search }: { readonly login: LoginState; readonly search: string },
  { clientOf, redirectUri }: FederatedDeps,
): Promise<ProvenIdentity | FederatedRefusal> {
  const client = await clientOf(realm)
  const answer = new URL(redirectUri)
  answer.search = search
  try {
    // State, `iss` (RFC 9207), nonce, issuer, audience, times and signature are checked in there.
    const tokens = await authorizationCodeGrant(client, answer, {
      pkceCodeVerifier: login.codeVerifier,
      expectedState: login.state,
      expectedNonce: login.nonce,
      idTokenExpected: true,
    })
    return identityOf(realm, tokens.claims()!) ?? refuse('answer_invalid')
  } catch (error) {
    return refusalOf(error, realm)
  }
}

/** What the answer itself is to blame for is a refusal; anything else nobody can blame on the person. */
function refusalOf(error: unknown, { issuer }: Realm): FederatedRefusal {
  if (error instanceof AuthorizationResponseError) return refuse('provider_refused')
  if (error instanceof ResponseBodyError && error.error === 'invalid_grant') return refuse('answer_invalid')
  if (error instanceof ClientError && REFUSED_CODES.has(error.code ?? '')) return refuse('answer_invalid')
  // Answers may echo what was sent: only the error's own words go on.
  const says = error instanceof Error ? `${error.name}: ${error.message}` : 'unknown'
  const code = error instanceof ResponseBodyError ? ` (${error.error.slice(0, 60)})` : ''
  throw new RealmFault(`${issuer} gave no usable answer`, { cause: new Error(`${says}${code}`) })
}

const REFUSED_CODES: ReadonlySet<string> = new Set([
  'OAUTH_INVALID_RESPONSE',
  'OAUTH_JWT_CLAIM_COMPARISON_FAILED',
  'OAUTH_JWT_TIMESTAMP_CHECK_FAILED',
  'OAUTH_JSON_ATTRIBUTE_COMPARISON_FAILED',
])

function identityOf({ kind, issuerKey, tenantId }: Realm, claims: IDToken): ProvenIdentity | undefined {
  const subject = kind === 'entra' ? objectIdOf(claims, tenantId) : claims.sub
  if (subject === undefined || subject === '' || subject.length > 255 || /\p{Cc}/u.test(subject)) return undefined
  return { issuer: issuerKey, subject, label: labelOf(claims) }
}

/** `sub` is another one for each client of Entra; members are known by `oid`, which only its own tenant vouches for. */
function objectIdOf({ oid, tid }: IDToken, tenantId: string | undefined): string | undefined {
  if (typeof oid !== 'string' || typeof tid !== 'string' || toGuid(tid) !== tenantId) return undefined
  return toGuid(oid)
}

function labelOf({ email, preferred_username: userName }: IDToken): string | undefined {
  const text = [email, userName].find((claim) => typeof claim === 'string' && /^[^\p{C}\s]{1,254}$/u.test(claim))
  return text === undefined ? undefined : spellEmail(text as string)
}
