import type { identityRepository } from '../members/identity-repository.ts'
import { refuse } from '../teamspaces/refusal.ts'
import type { Refusal } from '../teamspaces/refusal.ts'
import { issuerKeyOf } from './connection.ts'
import type { ConnectionKind, ConnectionRecord } from './connection.ts'

/** The setting that says who issues the identities, and what people call its value. */
const ISSUED_BY: Record<ConnectionKind, { readonly field: string; readonly says: string }> = {
  entra: { field: 'tenantId', says: 'Entra tenant' },
  oidc: { field: 'issuer', says: 'issuer' },
  kubernetes: { field: 'cluster', says: 'cluster' },
}

interface Options {
  readonly identities: Pick<ReturnType<typeof identityRepository>, 'count'>
  /** Whether the caller has said that the people may lose access. */
  readonly confirmed: boolean
}

/** Refuses a change after which people who are members now would not be recognised any more (S2D-11). */
export async function orphansOf(
  before: ConnectionRecord,
  after: ConnectionRecord,
  { identities, confirmed }: Options,
): Promise<Refusal | undefined> {
  const lost = lostBy(before, after)
  if (!lost || (confirmed && !lost.stays)) return undefined
  const count = await identities.count(issuerKeyOf(before))
  if (count === 0) return undefined
  const people = `${count} member${count === 1 ? '' : 's'} of the present ${lost.says}`
  const way = lost.stays ? 'remove the connection first' : 'remove the connection first, or confirm'
  return refuse({ code: 'conflict', field: lost.field, says: `${people} would lose access; ${way}` })
}

interface Lost {
  readonly field: string
  readonly says: string
  /** What is left behind would be of the new connection too: what one claim calls Anna, another may call Bert. */
  readonly stays?: true
}

function lostBy(before: ConnectionRecord, after: ConnectionRecord): Lost | undefined {
  if (issuerKeyOf(before) !== issuerKeyOf(after)) return ISSUED_BY[before.kind]
  const renamed = before.kind === 'oidc' && after.kind === 'oidc' && before.subjectClaim !== after.subjectClaim
  return renamed ? { field: 'subjectClaim', says: 'subject claim', stays: true } : undefined
}
