import type { VerifiedToken } from '@sallyport/verifier'
import { identityOfToken } from '../../members/identity-issuer.ts'
import type { PersonalToken as Person } from '../../members/identity-issuer.ts'
import type { Member } from '../../members/member.ts'
import type { UsableMcpToken } from '../../tokens/mcp-token-lookup.ts'
import { advance } from '../call.ts'
import type { Admitted, AuthenticatedCall, ReadCall, ReadmittedCall } from '../call.ts'
import { deny, isDenied } from '../../outcome/denial.ts'
import type { Denial } from '../../outcome/denial.ts'
import { storeDown } from '../../outcome/fault.ts'
import { whenReady } from '../../store/when-ready.ts'
import type { Awaitable } from '../../store/when-ready.ts'
import type { Principal } from '../principal.ts'

/** Who may be admitted; asked on every call. */
export interface Admission {
  /** Counts the changes heard of: while it stays, so does every answer. */
  readonly epoch: number
  /** The member whom this token belongs to in its teamspace; the same object while nothing changes. */
  findMember(token: Person): Awaitable<Member | undefined>
  /** Makes a member of whoever the connection lets in at the first call (just in time); nobody, as a rule. */
  makeMember(token: Person, issuer: string): Promise<Member | undefined>
  /** What a token of this id stands for, while it may be used. */
  findMcpToken(id: string): Awaitable<UsableMcpToken | undefined>
}

/**
 * Identity → member of the teamspace whose connection vouches for the token; a path that names another is refused.
 * Asked on every call, so that removing a person ends their access at once, whatever else is cached (S2B-23).
 */
export function admit<From extends AuthenticatedCall>(
  call: From,
  admission: Admission,
): (From & Admitted) | Denial | Promise<(From & Admitted) | Denial> {
  const { proof, teamspace, record } = call
  const { epoch } = admission
  if (proof.kind === 'gateway' || proof.kind === 'none') {
    const id = proof.kind === 'gateway' ? 'gateway' : 'anonymous'
    return admitted(call, { kind: id, id, teamspaceId: teamspace?.id, role: undefined, countedAs: undefined }, epoch)
  }
  if (teamspace && teamspace.id !== proof.teamspaceId) {
    // The row stays with the teamspace whose door was tried; its owner should see the attempt.
    return deny({ code: 'teamspace_mismatch', expected: teamspace.id, presented: proof.teamspaceId })
  }
  record.teamspaceId = proof.teamspaceId
  const principal =
    proof.kind === 'token'
      ? findToken(proof, admission)
      : findMember(proof, (record.issuer = identityOfToken(proof).issuer), admission)
  return principal instanceof Promise
    ? principal.then((found) => admitted(call, found, epoch), storeDown('membership could not be looked up'))
    : admitted(call, principal, epoch)
}

/** A body may take a minute to come: whoever was removed meanwhile is no member any more. */
export function readmit(call: ReadCall, admission: Admission): Awaitable<ReadmittedCall | Denial> {
  if (call.admittedIn === admission.epoch) return advance(call, 'readmit', READMITTED)
  return whenReady(admit(call, admission), (outcome) =>
    isDenied(outcome) ? outcome : advance(outcome, 'readmit', READMITTED),
  )
}

const READMITTED = { isReadmitted: true } as const

function findMember(
  token: Person,
  issuer: string,
  admission: Admission,
): Principal | Denial | Promise<Principal | Denial> {
  const found = admission.findMember(token)
  if (found && !(found instanceof Promise)) return asMember(found)
  return Promise.resolve(found)
    .then((member) => member ?? admission.makeMember(token, issuer))
    .then((member) =>
      member ? asMember(member) : deny({ code: 'member_unknown', presented: { issuer, subject: token.subject } }),
    )
}

/** One for each member that is known: what is worked out of a principal may be kept with it. */
const principals = new WeakMap<Member | UsableMcpToken, Principal>()

function asMember(member: Member): Principal {
  const known = principals.get(member)
  if (known) return known
  const { id, teamspaceId, role, email } = member
  const principal = { kind: 'member', id, teamspaceId, role, email, countedAs: `${teamspaceId}:${id}` } as const
  principals.set(member, principal)
  return principal
}

function asToken(token: UsableMcpToken): Principal {
  const known = principals.get(token)
  if (known) return known
  const counted = token.memberId ?? token.replaced.at(-1) ?? token.id
  const principal = { ...token, kind: 'mcp_token', countedAs: `${token.teamspaceId}:${counted}` } as const
  principals.set(token, principal)
  return principal
}

/** Its record was found a moment ago; it is asked for again since a body may take a minute to come. */
function findToken(
  { subject }: VerifiedToken<'token'>,
  admission: Admission,
): Principal | Denial | Promise<Principal | Denial> {
  const toPrincipal = (token: UsableMcpToken | undefined): Principal | Denial =>
    token ? asToken(token) : deny({ code: 'token_invalid', detail: `MCP token ${subject} is revoked or has expired` })
  const found = admission.findMcpToken(subject)
  return found instanceof Promise ? found.then(toPrincipal) : toPrincipal(found)
}

function admitted<From extends AuthenticatedCall>(
  call: From,
  principal: Principal | Denial,
  epoch: number,
): (From & Admitted) | Denial {
  if (isDenied(principal)) return principal
  const { record } = call
  if (principal.kind === 'member') {
    record.memberId = principal.id
    record.email = principal.email
  } else if (principal.kind === 'mcp_token') record.memberId = principal.memberId
  record.principal = principal.kind
  return advance(call, 'admit', { principal, admittedIn: epoch })
}
