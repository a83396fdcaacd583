import { connectionRepository } from '../../connections/connection-repository.ts'
import { issuerKeyOf } from '../../connections/connection.ts'
import { toGuid } from '../../connections/guid.ts'
import { addSource } from '../../members/add-source.ts'
import { identityRepository } from '../../members/identity-repository.ts'
import { newNameBy } from '../../members/display-name.ts'
import { insertMember } from '../../members/insert-member.ts'
import { memberRepository, toMember } from '../../members/member-repository.ts'
import type { MemberIdentity } from '../../members/member-repository.ts'
import type { IdentitySource, Member } from '../../members/member.ts'
import { nameMembers } from '../../members/name-members.ts'
import { placeholderEmail } from '../../members/placeholder-email.ts'
import { removedIdentityRepository } from '../../members/removed-identity-repository.ts'
import { findOrInsertUsers } from '../../members/user-repository.ts'
import type { Store } from '../../store/store.ts'
import type { TeamspaceEdit } from '../../teamspaces/edit-teamspace.ts'

/** Whose people a token provisions. Workloads of a cluster are not people. */
export const CONNECTION_KINDS = ['entra', 'oidc'] as const
export type ScimConnectionKind = (typeof CONNECTION_KINDS)[number]

/** What is kept of a user's membership; `removed` is worked out when it is shown. */
export type MemberStatus =
  'member' | 'inactive' | 'no_external_id' | 'external_id_invalid' | 'no_connection' | 'removed'

export interface Provisioned {
  readonly connectionKind: ScimConnectionKind
  readonly externalId: string | undefined
  readonly active: boolean
  readonly email: string | undefined
  readonly displayName: string | null
  /** The identity that this user gave the source `scim` before. */
  readonly identityId: string | null
}

interface Person {
  readonly issuer: string
  readonly subject: string
}

export interface Target {
  readonly status: MemberStatus
  /** Whom `externalId` names, where it names anybody. */
  readonly person?: Person
  /** What the person is here already. */
  readonly known?: MemberIdentity | undefined
  /** By SCIM; which is taken back when the person is let in. */
  readonly wasRemoved?: boolean
}

/** What the user is called: labels, which decide nothing. */
type Labels = Pick<Provisioned, 'email' | 'displayName'>

/** What a user should be here. Writes nothing, so that a request can still be refused. */
export async function findTarget(edit: TeamspaceEdit, store: Store, user: Provisioned): Promise<Target> {
  const { db } = edit.tx
  const { externalId, connectionKind, active } = user
  if (externalId === undefined) return { status: active ? 'no_external_id' : 'inactive' }
  const subject = toSubject(connectionKind, externalId)
  if (subject === undefined) return { status: active ? 'external_id_invalid' : 'inactive' }
  const connection = await connectionRepository(db, store.sealer, edit.teamspace.id).find(connectionKind)
  if (!connection) return { status: active ? 'no_connection' : 'inactive' }
  const person = { issuer: issuerKeyOf(connection), subject }
  const known = await memberRepository(db, edit.teamspace.id).findBySubject(person.issuer, subject)
  const found = { person, known }
  if (!active) return { ...found, status: 'inactive' }
  // Whoever was removed by hand is added by hand again, and by nothing else (S2E-06 the other way round).
  const removedBy = await removedIdentityRepository(db, edit.teamspace.id).findSource(person.issuer, subject)
  return { ...found, status: removedBy === 'manual' ? 'removed' : 'member', wasRemoved: removedBy !== undefined }
}

/** For Entra `externalId` is the object id, which tokens have as `oid`; for others it is `sub`, letter by letter. */
function toSubject(kind: ScimConnectionKind, externalId: string): string | undefined {
  if (kind === 'entra') return toGuid(externalId)
  return externalId.length <= 255 && /^\P{Cc}+$/u.test(externalId) ? externalId : undefined
}

/** Makes the teamspace agree with the target. Answers the identity that carries the source `scim` from now on. */
export async function applyTarget(
  edit: TeamspaceEdit,
  user: Pick<Provisioned, 'identityId'> & Labels,
  { status, person, known, wasRemoved }: Target,
): Promise<string | null> {
  const isMember = status === 'member'
  if (user.identityId !== null && (!isMember || user.identityId !== known?.identityId)) {
    await takeAway(edit, user.identityId)
  }
  if (!person || !isMember) {
    if (person && status === 'inactive') await shutOut(edit, person, known?.identityId)
    return null
  }
  if (wasRemoved) await removedIdentityRepository(edit.tx.db, edit.teamspace.id).delete(person.issuer, [person.subject])
  return known ? keepIn(edit, known, user) : letIn(edit, person, user)
}

/** Just-in-time membership must not undo what the identity provider has decided. */
async function shutOut(
  edit: TeamspaceEdit,
  { issuer, subject }: Person,
  identityId: string | undefined,
): Promise<void> {
  if (identityId !== undefined) await takeAway(edit, identityId)
  await removedIdentityRepository(edit.tx.db, edit.teamspace.id).add(issuer, subject, edit.at, 'scim')
}

async function letIn(edit: TeamspaceEdit, { issuer, subject }: Person, labels: Labels): Promise<string> {
  const email = await freeLabel(edit, { issuer, subject }, labels.email)
  const { displayName } = labels
  await insertMember(edit, { issuer, subject, email, displayName, role: 'developer', source: 'scim' })
  return (await memberRepository(edit.tx.db, edit.teamspace.id).findBySubject(issuer, subject))!.identityId
}

async function keepIn(edit: TeamspaceEdit, known: MemberIdentity, labels: Labels): Promise<string> {
  const { identityId } = known
  const [member] = await addSource(edit, [known], 'scim')
  const renamed = known.sources.includes('scim') ? await relabel(edit, known, labels.email) : undefined
  const displayName = newNameBy('scim', known, labels.displayName)
  if (displayName !== undefined) await nameMembers(edit, [{ member: renamed ?? member!, displayName }])
  return identityId
}

/** The e-mail is a label, so a new one only renames; but not somebody whom others have put here as well. */
async function relabel(
  edit: TeamspaceEdit,
  known: MemberIdentity,
  email: string | undefined,
): Promise<Member | undefined> {
  if (email === undefined || email === known.email || known.sources.length > 1) return undefined
  const label = await freeLabel(edit, known, email)
  if (label !== email) return undefined
  const userId = (await findOrInsertUsers(edit.tx.db, [email], edit.at)).get(email)!
  await memberRepository(edit.tx.db, edit.teamspace.id).setUser(known.id, userId)
  const before = toMember(known)
  const after = { ...before, userId, email }
  await edit.record({ action: 'member.rename', kind: 'member', before, after })
  return after
}

/** Another member's e-mail is not taken over, and nobody is shut out for it. */
async function freeLabel(edit: TeamspaceEdit, { issuer, subject }: Person, email: string | undefined): Promise<string> {
  const members = memberRepository(edit.tx.db, edit.teamspace.id)
  const isFree = email !== undefined && (await members.findByEmail(email)) === undefined
  return isFree ? email : placeholderEmail(issuer, subject)
}

/**
 * `jit` goes along: it says no more than that the connection accepts the person. Whom people or another import put here
 * stays, and the audit trail says by which source.
 */
const TAKEN: readonly IdentitySource[] = ['scim', 'jit']

async function takeAway({ tx, teamspace, record }: TeamspaceEdit, identityId: string): Promise<void> {
  const members = memberRepository(tx.db, teamspace.id)
  const identities = identityRepository(tx.db, teamspace.id)
  const known = await members.findByIdentity(identityId)
  if (!known) return
  const before = toMember(known)
  const sources = known.sources.filter((source) => !TAKEN.includes(source))
  if (sources.length === known.sources.length) return
  if (sources.length > 0) {
    await identities.removeSources(identityId, TAKEN)
    await record({ action: 'member.source.remove', kind: 'member', before, after: { ...before, sources } })
    return
  }
  await identities.delete(identityId)
  if ((await identities.countOf(known.id)) === 0) await members.delete(known.id)
  await record({ action: 'member.remove', kind: 'member', before })
}
