import type { Kysely } from 'kysely'
import { ofKind } from '../../connections/connection-lookup.ts'
import { connectionRepository } from '../../connections/connection-repository.ts'
import { compareMember } from '../../members/compare-member.ts'
import { newNameBy } from '../../members/display-name.ts'
import { identityOf } from '../../members/identity-of.ts'
import type { NewIdentity } from '../../members/identity-of.ts'
import type { Newcomer } from '../../members/insert-member.ts'
import { ROLES } from '../../members/member.ts'
import type { Role } from '../../members/member.ts'
import { memberRepository } from '../../members/member-repository.ts'
import type { MemberIdentity } from '../../members/member-repository.ts'
import type { Database } from '../../store/schema.ts'
import type { Sealer } from '../../store/sealer.ts'
import { isRefused } from '../../teamspaces/refusal.ts'
import type { Refusal } from '../../teamspaces/refusal.ts'
import type { PersonRow } from './csv-row.ts'
import type { Outcome, RowResult } from './import-result.ts'

/** What rows are judged against. */
export interface Ground {
  readonly db: Kysely<Database>
  readonly sealer: Sealer
  readonly teamspaceId: string
  /** Whether rows may make somebody more than a developer. */
  readonly allowRoles: boolean
  /** The most that they may, then. */
  readonly highestRole: Role
  /** E-mails that earlier rows of this import give away, with their lines. */
  readonly claimed: Map<string, number>
}

/** A row with its result, and with what is to be written for it. */
export interface JudgedRow {
  readonly result: RowResult
  readonly newcomer?: Newcomer
  readonly known?: MemberIdentity
  /** What the one who is known is to be called from now on. */
  readonly displayName?: string | undefined
}

/** Judges a few hundred rows in three or four queries, none of which writes. */
export async function judgeRows(ground: Ground, rows: readonly PersonRow[]): Promise<JudgedRow[]> {
  const { db, sealer, teamspaceId } = ground
  const connections = await connectionRepository(db, sealer, teamspaceId).list()
  const named = []
  for (const row of rows) {
    const identity = await identityOf(row.person, { find: async (kind) => ofKind(connections, kind) })
    named.push({ row, identity })
  }
  const known = await findKnown(
    ground,
    named.flatMap(({ identity }) => (isRefused(identity) ? [] : [identity])),
  )
  return named.map(({ row, identity }) =>
    isRefused(identity) ? failed(row, 'conflict', identity.refused.says) : judgeRow(ground, { row, identity, known }),
  )
}

interface Known {
  bySubject(identity: NewIdentity): MemberIdentity | undefined
  byEmail(email: string): MemberIdentity | undefined
}

async function findKnown({ db, teamspaceId }: Ground, identities: readonly NewIdentity[]): Promise<Known> {
  const members = memberRepository(db, teamspaceId)
  const subjects = new Map<string, MemberIdentity>()
  for (const [issuer, ofIssuer] of Map.groupBy(identities, (identity) => identity.issuer)) {
    const found = await members.listBySubjects(
      issuer,
      ofIssuer.map(({ subject }) => subject),
    )
    for (const member of found) subjects.set(keyOf(member), member)
  }
  const found = identities.length === 0 ? [] : await members.listByEmails(identities.map(({ email }) => email))
  const emails = new Map(found.map((member) => [member.email, member]))
  return { bySubject: (identity) => subjects.get(keyOf(identity)), byEmail: (email) => emails.get(email) }
}

const keyOf = ({ issuer, subject }: Pick<NewIdentity, 'issuer' | 'subject'>): string => `${issuer}\n${subject}`

interface NamedRow {
  readonly row: PersonRow
  readonly identity: NewIdentity
  readonly known: Known
}

function judgeRow({ claimed, ...ground }: Ground, { row, identity, known }: NamedRow): JudgedRow {
  const { issuer, subject, email } = identity
  if (row.issuer !== undefined && row.issuer !== issuer) {
    // An identity counts at its own issuer only (S2D-11): the file may come from another teamspace.
    return failed(row, 'conflict', "issuer is not that of this teamspace's connection")
  }
  const { role, displayName } = row.person
  const [bySubject, byEmail] = [known.bySubject(identity), known.byEmail(email)]
  const compared = compareMember({ identity, role, bySubject, byEmail })
  if (isRefused(compared)) return failed(row, 'conflict', saysOf(compared))
  const result = { line: row.line, email }
  if (compared.known) {
    const newName = newNameBy('csv', compared.known, displayName)
    const isNew = newName !== undefined || !compared.known.sources.includes('csv')
    const outcome = isNew ? 'updated' : 'already'
    return { result: { ...result, outcome }, known: compared.known, displayName: newName }
  }
  const forbidden = role && refuseRole(role, ground)
  if (forbidden) return failed(row, 'forbidden', forbidden)
  const line = claimed.get(email)
  if (line !== undefined) return failed(row, 'conflict', `has the e-mail of line ${line}, ${email}`)
  claimed.set(email, row.line)
  const newcomer = { issuer, subject, email, displayName, role: role ?? 'developer', source: 'csv' } as const
  return { result: { ...result, outcome: 'added' }, newcomer }
}

/** Why a row may not give this role. */
function refuseRole(role: Role, { allowRoles, highestRole }: Pick<Ground, 'allowRoles' | 'highestRole'>) {
  if (role === 'developer') return undefined
  if (!allowRoles) return `the role ${role} is given only when roles are allowed`
  // The roles begin with the highest.
  return ROLES.indexOf(role) < ROLES.indexOf(highestRole) ? `the role ${role} is above your own` : undefined
}

const saysOf = ({ refused }: Refusal): string => refused.says

const failed = ({ line, email }: PersonRow, outcome: Outcome, problem: string): JudgedRow => ({
  result: { line, email, outcome, problem },
})
