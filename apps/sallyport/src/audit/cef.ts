import type { AuditEntry } from './audit-row.ts'

/** A row with its place in the chain. */
export type ChainedEntry = AuditEntry & { readonly seq: number; readonly hash: string }

const SEVERITY: Readonly<Record<string, number>> = { allowed: 2, admin: 3, denied: 5, fault: 6 }

/** ArcSight Common Event Format, version 0: a header parted by `|`, then pairs of `key=value`. */
export function toCef(entry: ChainedEntry): string {
  const isAdmin = entry.kind === 'admin'
  const [event, severity] = isAdmin ? [entry['action'], 'admin'] : [entry['rule'], entry['decision']]
  const name = isAdmin ? `Change: ${String(event)}` : `MCP call ${String(entry['decision'])}: ${String(event)}`
  const header = ['CEF:0', 'Sallyport', 'Sallyport', '1', text(event), name, SEVERITY[String(severity)] ?? 4]
  const extension = Object.entries(isAdmin ? ofChange(entry) : ofCall(entry))
    .filter(([, value]) => value !== undefined && value !== '')
    .map(([key, value]) => `${key}=${escapeValue(text(value))}`)
  return `${header.map((field) => escapeHeader(String(field))).join('|')}|${extension.join(' ')}`
}

const common = (entry: ChainedEntry) => ({
  rt: entry.at,
  externalId: entry.id,
  cat: entry.kind,
  cs1Label: 'teamspaceId',
  cs1: entry.teamspaceId ?? '-',
  cn1Label: 'seq',
  cn1: entry.seq,
  cs6Label: 'hash',
  cs6: entry.hash,
})

const ofCall = (entry: ChainedEntry) => ({
  ...common(entry),
  outcome: entry['decision'],
  reason: entry['rule'],
  suser: entry['email'],
  suid: entry['subject'],
  destinationServiceName: entry['server'],
  requestMethod: entry['rpcMethod'],
  cs2Label: 'target',
  cs2: entry['target'],
  cs3Label: 'issuer',
  cs3: entry['issuer'],
  cs4Label: 'clientId',
  cs4: entry['clientId'],
  cs5Label: 'exchange',
  cs5: entry['exchange'],
  cn2Label: 'status',
  cn2: entry['status'],
  cn3Label: 'upstreamStatus',
  cn3: entry['upstreamStatus'],
  msg: entry['detail'],
})

const ofChange = (entry: ChainedEntry) => ({
  ...common(entry),
  act: entry['action'],
  suser: entry['actor'],
  suid: entry['memberId'],
  cs2Label: 'before',
  cs2: entry['before'],
  cs3Label: 'after',
  cs3: entry['after'],
})

/** A label without its value says nothing, but is allowed; what is no text is shown as JSON. */
const text = (value: unknown): string =>
  typeof value === 'string' ? value : value === undefined ? '' : JSON.stringify(value)

/** Everything that could end a line, or the event, for some reader, or show it as another. */
const CONTROL = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu

const escapeHeader = (field: string): string => field.replace(CONTROL, ' ').replace(/[\\|]/g, '\\$&')

const escapeValue = (value: string): string =>
  value
    .replace(/[\\=]/g, '\\$&')
    .replace(/\r\n|\n/g, '\\n')
    .replace(/\r/g, '\\r')
    .replace(CONTROL, ' ')
