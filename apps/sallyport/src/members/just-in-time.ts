import { ofKind } from '../connections/connection-lookup.ts'
import type { ConnectionLookup } from '../connections/connection-lookup.ts'
import { issuerKeyOf } from '../connections/connection.ts'
import type { JustInTime } from '../connections/connection.ts'
import type { Store } from '../store/store.ts'
import { editTeamspace } from '../teamspaces/edit-teamspace.ts'
import type { TeamspaceEdit } from '../teamspaces/edit-teamspace.ts'
import { isRefused, refuse } from '../teamspaces/refusal.ts'
import type { Refusal } from '../teamspaces/refusal.ts'
import type { TeamspaceLookup } from '../teamspaces/teamspace-lookup.ts'
import type { PersonalToken } from './identity-issuer.ts'
import { insertMember } from './insert-member.ts'
import { memberRepository, toMember } from './member-repository.ts'
import type { Member, Role } from './member.ts'
import { email as emailSchema } from './new-member.ts'
import { placeholderEmail } from './placeholder-email.ts'
import { removedIdentityRepository } from './removed-identity-repository.ts'

export interface JustInTimeDeps {
  readonly store: Store
  readonly connections: ConnectionLookup
  readonly teamspaces: TeamspaceLookup
  /** Milliseconds since the epoch. */
  readonly now: () => number
}

/**
 * Makes a member of a caller whom nobody added, where the connection says so: off by default, by a claim of the verified
 * token. Whoever was removed by hand stays out. Undefined when the caller is not to be let in.
 */
export function createJustInTime({ store, connections, teamspaces, now }: JustInTimeDeps) {
  return async function makeMember(token: PersonalToken, issuer: string): Promise<Member | undefined> {
    const connection = ofKind(await connections.listOfTeamspace(token.teamspaceId), token.kind)
    if (!connection?.jit || !isEntitled(token, connection.jit)) return undefined
    // Looked up anew: by now it may vouch for another issuer's people, and its invitation is theirs alone.
    if (issuerKeyOf(connection) !== issuer) return undefined
    const { role } = connection.jit
    const teamspace = await teamspaces.findById(token.teamspaceId)
    if (!teamspace) return undefined
    // Asked here as well, without a transaction: whoever was removed may come back as often as they like.
    if (await removedIdentityRepository(store.db, token.teamspaceId).has(issuer, token.subject)) return undefined
    const editor = { store, now, actor: 'just in time' }
    const made = await editTeamspace(editor, teamspace.slug, (edit) => letIn(edit, { token, issuer, role }))
    return isRefused(made) ? undefined : made
  }
}

const MAX_VALUES = 1_000

/** Whether the claim has one of the values. Group ids come as a list, `email_verified` as a boolean. */
export function isEntitled(token: PersonalToken, { claim, values }: JustInTime): boolean {
  if (claim === null) return true
  const facts = factsOf(token)
  const said = Object.hasOwn(facts, claim) ? facts[claim] : undefined
  const presented = (Array.isArray(said) ? said.slice(0, MAX_VALUES) : [said]).filter(isScalar).map(String)
  return values.some((value) => presented.includes(value))
}

const isScalar = (value: unknown) => ['string', 'number', 'boolean'].includes(typeof value)

/** What was proven of a caller. TokenReview gives no claims, but says as much. */
function factsOf(token: PersonalToken): Readonly<Record<string, unknown>> {
  if (token.kind !== 'kubernetes') return token.claims
  const { subject: username, uid, groups, serviceAccount } = token
  return { username, uid, groups, namespace: serviceAccount?.namespace, serviceAccount: serviceAccount?.name }
}

interface Caller {
  readonly token: PersonalToken
  readonly issuer: string
  readonly role: Role
}

async function letIn(edit: TeamspaceEdit, { token, issuer, role }: Caller): Promise<Member | Refusal> {
  const { tx, teamspace } = edit
  const { subject } = token
  const members = memberRepository(tx.db, teamspace.id)
  const known = await members.findBySubject(issuer, subject) // a call beside this one was faster
  if (known) return toMember(known)
  if (await removedIdentityRepository(tx.db, teamspace.id).has(issuer, subject)) {
    return refuse({ code: 'conflict', says: 'This person was removed; add them again to let them in' })
  }
  const claimed = emailOf(token)
  // The e-mail is a label: that of another member is not taken over, and nobody is shut out for it.
  const isFree = claimed !== undefined && (await members.findByEmail(claimed)) === undefined
  const email = isFree ? claimed : placeholderEmail(issuer, subject)
  return insertMember(edit, { issuer, subject, email, role, source: 'jit' })
}

function emailOf(token: PersonalToken): string | undefined {
  if (token.kind === 'kubernetes') {
    const { serviceAccount, cluster } = token
    return serviceAccount && parseEmail(`${serviceAccount.name}.${serviceAccount.namespace}@${cluster}.kubernetes`)
  }
  const { email, email_verified: isVerified, preferred_username: name } = token.claims
  if (token.kind === 'oidc') return isVerified === true ? parseEmail(email) : undefined
  return parseEmail(name) ?? parseEmail(email) // Entra's tenant decides over both
}

const parseEmail = (text: unknown): string | undefined => emailSchema.safeParse(text).data
