import {
  bearerChallenge,
  challengeFor,
  isDenied,
  takeBearer,
  TOKEN_TERMS,
  VerificationFault,
} from '@sallyport/verifier'
import type { Denial, TokenDenialReason, TokenKind, Verifier } from '@sallyport/verifier'
import type { Context } from 'hono'
import { incomingOf } from '../http/incoming-of.ts'
import type { RefusedAttempts } from '../limits/refused-attempts.ts'
import type { PersonalToken } from '../members/identity-issuer.ts'
import type { Member } from '../members/member.ts'
import { problem } from './problem.ts'
import { refuseGuesser } from './refuse-guesser.ts'

/** The gate's own verifier and memberships, so that the same people come in, and nobody who was removed. */
export interface MemberDoor {
  readonly verifier: Verifier
  find(token: PersonalToken): Promise<Member | undefined>
  /** App roles that servers ask of Entra's people, one of which is needed there. */
  readonly appRoles?: readonly string[] | undefined
}

export interface AuthenticatedMember {
  readonly member: Member
  readonly lacksAppRole: boolean
}

/** People only: a leaked MCP token must not mint its successors (S4-08), nor a workload tokens for people. */
const PEOPLE: ReadonlySet<TokenKind> = new Set(['entra', 'oidc'])

const RETRY_AFTER_SECONDS = '5'

/**
 * The member whose access token came with the request, or the answer to whoever is none. A token that does not make anybody
 * one counts against its address; nothing shown does not, and neither does what could not be checked.
 */
export async function authenticateMember(
  context: Context,
  door: MemberDoor,
  refusedAttempts?: RefusedAttempts,
): Promise<AuthenticatedMember | Response> {
  const authorization = context.req.header('authorization')
  if (authorization === undefined) return findMember(context, door)
  const tooMany = refuseGuesser(context, refusedAttempts)
  if (tooMany) return tooMany
  const found = await findMember(context, door)
  if (found instanceof Response && found.status < 500) refusedAttempts?.count(incomingOf(context))
  return found
}

async function findMember(context: Context, door: MemberDoor): Promise<AuthenticatedMember | Response> {
  const authorization = context.req.header('authorization')
  const accessToken = takeBearer(authorization === undefined ? [] : ['authorization', authorization])
  if (typeof accessToken !== 'string') return refused(context, accessToken)
  try {
    const verified = await door.verifier.verify(accessToken, { accept: PEOPLE })
    if (isDenied(verified)) return refused(context, verified)
    if (verified.kind !== 'entra' && verified.kind !== 'oidc') throw new Error('a kind that was not asked for')
    const member = await memberOf(door, verified)
    if (!member)
      return unauthorized(context, UNKNOWN, bearerChallenge({ error: 'invalid_token', error_description: UNKNOWN }))
    const lacksAppRole =
      verified.kind === 'entra' &&
      door.appRoles !== undefined &&
      !door.appRoles.some((role) => verified.roles.includes(role))
    return { member, lacksAppRole }
  } catch (fault) {
    if (!(fault instanceof VerificationFault)) throw fault
    context.header('retry-after', RETRY_AFTER_SECONDS)
    return problem(context, 503, 'Your access token cannot be checked right now')
  }
}

const UNKNOWN = 'The user is not a member of this teamspace'

/** A database that cannot answer is a fault, never "nobody". */
const memberOf = ({ find }: MemberDoor, token: PersonalToken): Promise<Member | undefined> =>
  find(token).catch((cause: unknown) => {
    throw new VerificationFault('connections_unavailable', 'membership could not be looked up', { cause })
  })

const refused = (context: Context, denial: Denial<TokenDenialReason>): Response =>
  unauthorized(context, TOKEN_TERMS[denial.denied.code].says, challengeFor(denial), TOKEN_TERMS[denial.denied.code])

function unauthorized(
  context: Context,
  says: string,
  challenge: string,
  { status }: { readonly status: number } = { status: 401 },
): Response {
  context.header('www-authenticate', challenge)
  return problem(context, status === 403 ? 403 : 401, says)
}
