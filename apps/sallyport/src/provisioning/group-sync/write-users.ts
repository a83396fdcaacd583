import { addSource } from '../../members/add-source.ts'
import { insertMembers } from '../../members/insert-member.ts'
import type { Newcomer } from '../../members/insert-member.ts'
import { memberRepository, toMember } from '../../members/member-repository.ts'
import type { MemberIdentity } from '../../members/member-repository.ts'
import { email as emailSchema } from '../../members/new-member.ts'
import { isPlaceholder, placeholderEmail } from '../../members/placeholder-email.ts'
import { removedIdentityRepository } from '../../members/removed-identity-repository.ts'
import { findOrInsertUsers } from '../../members/user-repository.ts'
import type { TeamspaceEdit } from '../../teamspaces/edit-teamspace.ts'
import type { GroupSyncSettings, SyncFailure } from './group-sync.ts'
import type { GraphUser } from './member-page.ts'
import { SOURCE } from './synced-repository.ts'
import { editInTurn } from './turn.ts'
import type { Turn } from './turn.ts'

export interface Written {
  readonly members: number
  readonly added: number
  readonly skipped: number
}

/** Makes members of a few hundred people of the group, none of whom is there twice. Whoever is one gets the source. */
export function writeUsers(
  turn: Turn,
  users: readonly GraphUser[],
  { role }: GroupSyncSettings,
): Promise<Written | SyncFailure> {
  return editInTurn(turn, async (edit) => {
    const { tx, teamspace } = edit
    const { issuer } = turn
    const subjects = users.map(({ id }) => id)
    const found = await memberRepository(tx.db, teamspace.id).listBySubjects(issuer, subjects)
    const known = new Map(found.map((member) => [member.subject, member]))
    const strangers = users.filter(({ id }) => !known.has(id))
    // Whoever was taken out, by hand or over SCIM, is not brought back by being in a group.
    const removed = strangers.length > 0 ? await removedOf(edit, issuer, strangers) : new Set<string>()
    const newcomers = strangers.filter(({ id }) => !removed.has(id))
    const label = await labels(edit, issuer, { users, known })
    const joining = newcomers.map((user): Newcomer => ({
      issuer,
      subject: user.id,
      email: label(user),
      role,
      source: SOURCE,
    }))
    const renamings = users.flatMap((user) => toRenaming(known.get(user.id), label(user)) ?? [])
    // All users of a transaction at once: teamspaces that make the same ones wait for each other in no circle.
    const emails = [...joining, ...renamings].map(({ email }) => email)
    const userIds = emails.length > 0 ? await findOrInsertUsers(tx.db, emails, edit.at) : new Map<string, string>()
    await insertMembers(edit, joining)
    const unsynced = found.filter(({ sources }) => !sources.includes(SOURCE))
    await addSource(edit, unsynced, SOURCE)
    for (const { member, email } of renamings) await rename(edit, member, { email, userId: userIds.get(email)! })
    const added = newcomers.length + unsynced.length
    return { members: newcomers.length + found.length, added, skipped: removed.size }
  })
}

const removedOf = ({ tx, teamspace }: TeamspaceEdit, issuer: string, users: readonly GraphUser[]) =>
  removedIdentityRepository(tx.db, teamspace.id).listRemoved(
    issuer,
    users.map(({ id }) => id),
  )

/** What people are called: a label, so that of another member is not taken over, and nobody is shut out for it. */
async function labels(
  { tx, teamspace }: TeamspaceEdit,
  issuer: string,
  { users, known }: { readonly users: readonly GraphUser[]; readonly known: ReadonlyMap<string, MemberIdentity> },
) {
  const owners = new Map<string, string>()
  const wanted = new Map(users.map((user) => [user.id, emailOf(user)]))
  const isNew = ([id, email]: readonly [string, string | undefined]) => known.get(id)?.email !== email
  const emails = [...wanted].filter(isNew).flatMap(([, email]) => email ?? [])
  const taken = emails.length > 0 ? await memberRepository(tx.db, teamspace.id).listByEmails([...new Set(emails)]) : []
  for (const member of taken) owners.set(member.email, member.issuer === issuer ? member.subject : '')
  for (const { subject, email } of known.values()) owners.set(email, subject)
  for (const [id, email] of wanted) if (email !== undefined && !owners.has(email)) owners.set(email, id)
  return ({ id }: GraphUser): string => {
    const email = wanted.get(id)
    return email !== undefined && owners.get(email) === id ? email : placeholderEmail(issuer, id)
  }
}

function emailOf({ mail, userPrincipalName }: GraphUser): string | undefined {
  return emailSchema.safeParse(mail).data ?? emailSchema.safeParse(userPrincipalName).data
}

interface Renaming {
  readonly member: MemberIdentity
  readonly email: string
}

/** A new name of somebody whom nobody else has put here. Not one for the worse. */
function toRenaming(member: MemberIdentity | undefined, email: string): Renaming | undefined {
  if (!member || member.email === email || isPlaceholder(email)) return undefined
  return member.sources.every((source) => source === SOURCE) ? { member, email } : undefined
}

async function rename(
  { tx, teamspace, record }: TeamspaceEdit,
  member: MemberIdentity,
  named: { readonly email: string; readonly userId: string },
): Promise<void> {
  await memberRepository(tx.db, teamspace.id).setUser(member.id, named.userId)
  const before = toMember(member)
  await record({ action: 'member.rename', kind: 'member', before, after: { ...before, ...named } })
}
