import { memberRepository } from '../../members/member-repository.ts'
import type { Member } from '../../members/member.ts'
import type { Store } from '../../store/store.ts'
import { COLUMNS } from './csv-columns.ts'
import type { Column } from './csv-columns.ts'
import { guardCell } from './formula-guard.ts'

const PAGE = 500

/** The members of a teamspace as a file that an import takes (RFC 4180). A page of them is in memory at any time. */
export async function* exportMembers({ db }: Store, teamspaceId: string): AsyncGenerator<string> {
  yield toLine(COLUMNS)
  const members = memberRepository(db, teamspaceId)
  for (let after: string | undefined; ;) {
    const page = await members.list({ limit: PAGE, after })
    if (page.length > 0) yield page.map((member) => toLine(toCells(member))).join('')
    if (page.length < PAGE) return
    after = page.at(-1)!.email
  }
}

function toCells({ email, role, issuer, subject, displayName }: Member): string[] {
  const [column, identifier] = toIdentifier(issuer, subject)
  const cells: Partial<Record<Column, string>> = {
    ...{ email, role, issuer, [column]: identifier },
    display_name: displayName ?? '',
  }
  return COLUMNS.map((name) => guardCell(cells[name] ?? ''))
}

function toIdentifier(issuer: string, subject: string): [Column, string] {
  if (issuer.startsWith('entra:')) return ['object_id', subject]
  const [, namespace, name] = /^system:serviceaccount:([^:]+):([^:]+)$/.exec(subject) ?? []
  const isServiceAccount = issuer.startsWith('kubernetes:') && name !== undefined
  return isServiceAccount ? ['service_account', `${namespace}/${name}`] : ['subject', subject]
}

const toLine = (cells: readonly string[]): string => `${cells.map(quote).join(',')}\r\n`

const quote = (cell: string): string => (/[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)
