import type { Change } from './change-feed.ts'

/** Postgres takes payloads shorter than 8000 bytes and fails the transaction on a longer one. */
const MAX_BYTES = 7000
const KINDS: readonly unknown[] = [
  'teamspace',
  'connection',
  'member',
  'mcp_token',
  'policy',
  'tools',
  'scim',
  'group_sync',
]

/** What one process tells the others; `origin` lets it recognise its own message. */
export interface ChangeMessage {
  readonly origin: string
  readonly changes: readonly Change[]
}

export function encodeChanges(message: ChangeMessage): string {
  const text = JSON.stringify(message)
  if (Buffer.byteLength(text) <= MAX_BYTES) return text
  return JSON.stringify({ origin: message.origin, changes: [{ kind: 'everything' }] } satisfies ChangeMessage)
}

/** A message that cannot be read still means that something changed. */
export function decodeChanges(payload: string | undefined): ChangeMessage {
  try {
    const { origin, changes } = JSON.parse(payload ?? '')
    return { origin: String(origin), changes: changes.map(toChange) }
  } catch {
    return { origin: '', changes: [{ kind: 'everything' }] }
  }
}

function toChange({ kind, teamspaceId }: { kind?: unknown; teamspaceId?: unknown }): Change {
  if (!KINDS.includes(kind) || typeof teamspaceId !== 'string') return { kind: 'everything' }
  return { kind, teamspaceId } as Change
}
