import { addSource } from '../../members/add-source.ts'
import { newNameBy, toDisplayName } from '../../members/display-name.ts'
import { insertMembers } from '../../members/insert-member.ts'
import type { Newcomer } from '../../members/insert-member.ts'
import { memberRepository, toMember } from '../../members/member-repository.ts'
import type { MemberIdentity } from '../../members/member-repository.ts'
import type { Member } from '../../members/member.ts'
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
      displayName: toDisplayName(user.displayName),
      role,
      source: SOURCE,
    }))
    const renamings = users.flatMap((user) => toRenaming(known.get(user.id), label(user), user) ?? [])
    // All users of a transaction at once: teamspaces that make the same ones wait for each other in no circle.
    const emails = [...joining, ...renamings.map(({ after }) => after)].map(({ email }) => email)
    const userIds = emails.length > 0 ? await findOrInsertUsers(tx.db, emails, edit.at) : new Map<string, string>()
    await insertMembers(edit, joining)
    const unsynced = found.filter(({ sources }) => !sources.includes(SOURCE))
    const nowSynced = new Map((await addSource(edit, unsynced, SOURCE)).map((member) => [member.id, member]))
    for (const { before, after } of renamings) {
      const { sources } = nowSynced.get(before.id) ?? before
      const userId = userIds.get(after.email)!
      await rename(edit, { ...before, sources }, { ...after, sources, userId })
    }
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
  readonly before: Member
  readonly after: Member
}

/** New labels: an e-mail of somebody whom nobody else has put here, not one for the worse; a name where there is none, too. */
function toRenaming(
  member: MemberIdentity | undefined,
  label: string,
  user: Pick<GraphUser, 'displayName'>,
): Renaming | undefined {
  if (!member) return undefined
  const before = toMember(member)
  const isOurs = member.sources.every((source) => source === SOURCE)
  const email = isOurs && !isPlaceholder(label) ? label : before.email
  const displayName = newNameBy(SOURCE, before, toDisplayName(user.displayName)) ?? before.displayName
  const isNew = email !== before.email || displayName !== before.displayName
  return isNew ? { before, after: { ...before, email, displayName } } : undefined
}

async function rename({ tx, teamspace, record }: TeamspaceEdit, before: Member, after: Member): Promise<void> {
  const members = memberRepository(tx.db, teamspace.id)
  if (after.userId !== before.userId) await members.setUser(before.id, after.userId)
  if (after.displayName !== before.displayName) await members.setDisplayName(before.id, after.displayName)
  await record({ action: 'member.rename', kind: 'member', before, after })
}
