import type { AuditEntry } from './audit-row.ts'
import type { AuditKind } from './audit.table.ts'

/** What somebody looks for in the audit trail; all of it has to be so. */
export interface AuditSearch {
  readonly kind?: AuditKind | undefined
  readonly decision?: 'allowed' | 'denied' | 'fault' | undefined
  /** A code, or the name of a rule. */
  readonly rule?: string | undefined
  readonly server?: string | undefined
  /** Tool name, resource URI or prompt name. */
  readonly target?: string | undefined
  /** Id of a member: who called, or who changed something. */
  readonly member?: string | undefined
  /** Part of the e-mail of who called or changed something, in any case. */
  readonly email?: string | undefined
  /** Anywhere in the row, in any case. */
  readonly text?: string | undefined
  readonly from?: number | undefined
  /** Without this time itself. */
  readonly until?: number | undefined
}

export interface Needle {
  readonly text: string
  readonly anyCase: boolean
}

const MEMBERS = ['decision', 'rule', 'server', 'target'] as const

/**
 * Texts that the stored JSON of every row has that is looked for: the database can leave out others without reading them.
 * Some rows have them for another reason, so each is looked at again.
 */
export function needlesOf(search: AuditSearch): Needle[] {
  const exact = [...MEMBERS.map((name) => [name, search[name]] as const), ['memberId', search.member] as const]
  const parts = [search.email, search.text].filter((part) => part !== undefined && isAscii(part)) as string[]
  return [
    ...exact.flatMap(([name, value]) =>
      value === undefined ? [] : [{ text: `"${name}":${JSON.stringify(value)}`, anyCase: false }],
    ),
    ...parts.map((part) => ({ text: inJson(part), anyCase: true })),
  ]
}

/** Whether rows may be left out by the database for everything that is looked for. */
export const isIndexedBy = (search: AuditSearch): boolean =>
  [search.email, search.text].every((part) => part === undefined || isAscii(part))

export function isSoughtIn(search: AuditSearch): (entry: AuditEntry, event: string) => boolean {
  const email = search.email?.toLowerCase()
  const text = search.text === undefined ? undefined : inJson(search.text)
  return (entry, event) =>
    (search.kind === undefined || entry.kind === search.kind) &&
    MEMBERS.every((name) => search[name] === undefined || entry[name] === search[name]) &&
    (search.member === undefined || entry['memberId'] === search.member) &&
    (email === undefined || [entry['email'], entry['actor']].some((who) => includes(who, email))) &&
    (text === undefined || event.toLowerCase().includes(text)) &&
    (search.from === undefined || entry.at >= search.from) &&
    (search.until === undefined || entry.at < search.until)
}

const includes = (value: unknown, part: string): boolean =>
  typeof value === 'string' && value.toLowerCase().includes(part)

/** As it stands between the quotes of a JSON string, in lower case. */
const inJson = (text: string): string => JSON.stringify(text).slice(1, -1).toLowerCase()

/** Databases and JavaScript agree on what the lower case of these is. */
const isAscii = (text: string): boolean => /^[\x20-\x7e]*$/.test(text)
