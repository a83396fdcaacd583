import { MAX_DISPLAY_NAME } from '../../members/display-name.ts'
import { newMember } from '../../members/new-member.ts'
import type { NewMember } from '../../members/new-member.ts'
import type { Column } from './csv-columns.ts'
import { unguardCell } from './formula-guard.ts'
import { shownText } from './shown-text.ts'

/** A row that can be tried. */
export interface PersonRow {
  /** Where it begins in the file; the header is line 1. */
  readonly line: number
  readonly email: string
  readonly person: NewMember
  /** Whose identity it says it is. */
  readonly issuer?: string | undefined
}

/** A row with which nothing can be done. */
export interface InvalidRow {
  readonly line: number
  readonly email: string
  readonly problem: string
}

export type CsvRow = PersonRow | InvalidRow

/** As the file spells the members of a new member. */
const SPELT: Readonly<Record<string, Column>> = { objectId: 'object_id', serviceAccount: 'service_account' }

/** Cells that are empty say nothing. */
export function toRow(columns: readonly Column[], cells: readonly string[], line: number): CsvRow {
  const said = new Map<Column, string>() // not an object: its keys are a stranger's choice no more than need be
  columns.forEach((column, index) => {
    const value = unguardCell(cells[index] ?? '')
    if (value.trim() !== '') said.set(column, value)
  })
  const email = shownText(said.get('email')?.trim() ?? '')
  const invalid = (problem: string): InvalidRow => ({ line, email, problem })
  if (cells.length !== columns.length) {
    return invalid(`has ${counted(cells.length)}, where the header has ${columns.length}`)
  }
  if ((said.get('display_name')?.length ?? 0) > MAX_DISPLAY_NAME) return invalid('display_name is too long')

  const input = {
    email: said.get('email'),
    displayName: said.get('display_name'),
    objectId: said.get('object_id')?.trim(),
    subject: said.get('subject'), // spaces and all, as the token spells it
    serviceAccount: said.get('service_account')?.trim(),
    role: said.get('role')?.trim().toLowerCase(),
  }
  const given = Object.entries(input).filter(([, value]) => value !== undefined)
  const parsed = newMember.safeParse(Object.fromEntries(given))
  if (parsed.success) {
    return { line, email: parsed.data.email ?? email, person: parsed.data, issuer: said.get('issuer')?.trim() }
  }
  return invalid(parsed.error.issues.map(({ path, message }) => sayIssue(path, message)).join('; '))
}

const counted = (cells: number): string => (cells === 1 ? '1 cell' : `${cells} cells`)

function sayIssue(path: readonly PropertyKey[], message: string): string {
  const field = String(path[0] ?? '')
  if (field === '') return 'exactly one of object_id, subject and service_account is needed'
  return field === 'role' ? 'role must be owner, admin or developer' : `${SPELT[field] ?? field} ${message}`
}
