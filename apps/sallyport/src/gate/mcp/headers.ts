import { isUtf8 } from 'node:buffer'
import { createHash } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'
import { deny } from '../../outcome/denial.ts'
import type { Denial } from '../../outcome/denial.ts'
import { actsOnTarget } from './message.ts'
import type { RpcBody } from './message.ts'

/** First revision without sessions, whose requests name themselves in headers too. */
const FIRST_STATELESS = '2026-07-28'
/** Only this revision, which had no version header, knew batches. */
const BATCH_REVISION = '2025-03-26'

const REVISION = /^\d{4}-\d{2}-\d{2}$/

export const isStateless = (revision: string | undefined): boolean =>
  revision !== undefined && REVISION.test(revision) && revision >= FIRST_STATELESS

/**
 * MCP 2026-07-28: `MCP-Protocol-Version`, `Mcp-Method` and `Mcp-Name` must say what the body says. Compared whatever
 * the revision, so that no server can be shown one thing and the gate another. Absent headers are the server's to judge.
 */
export function checkMirroredHeaders(headers: IncomingHttpHeaders, body: RpcBody): Denial | undefined {
  const version = headers['mcp-protocol-version']
  if (body.batch) return checkBatch(headers, body)
  const message = body.messages[0]!
  if (version !== undefined && message.revision !== undefined && version !== message.revision) {
    return mismatch('mcp-protocol-version', message.revision, version)
  }
  const method = headers['mcp-method']
  if (method !== undefined && method !== message.method) return mismatch('mcp-method', message.method, method)
  const name = headers['mcp-name']
  const mirrored = message.target !== undefined || actsOnTarget(message.method)
  if (name !== undefined && mirrored && decodeName(String(name)) !== message.target) {
    return mismatch('mcp-name', message.target, name)
  }
  return undefined
}

/** Whether a header says what a body says, so that without a body there is nothing that it could be compared with. */
export const isMirror = (header: string): boolean => /^mcp-(?:method|name|param-)/.test(header)

const mismatch = (header: string, body: string | undefined, presented: string | string[]): Denial =>
  deny({
    code: 'header_mismatch',
    header,
    ...(body !== undefined && { expected: body }),
    presented: describe(String(presented)),
  })

/** Clients put secrets into wrong headers: what is no method and no revision is told by a digest, to be compared with. */
function describe(text: string): string {
  if (/^\d{4}-\d{2}-\d{2}$/.test(text) || KNOWN_METHOD.test(text)) return text
  return `sha256 ${createHash('sha256').update(text).digest('hex').slice(0, 16)}, ${text.length} characters`
}

const KNOWN_METHOD =
  /^(?:(?:tools|prompts|resources|completion|logging|sampling|roots|tasks|notifications)\/[a-z/_]{1,40}|initialize|ping)$/

function checkBatch(headers: IncomingHttpHeaders, { messages }: RpcBody): Denial | undefined {
  const named = [headers['mcp-protocol-version'], ...messages.map(({ revision }) => revision)]
  const presented = named.find((revision) => revision !== undefined && revision !== BATCH_REVISION)
  if (presented !== undefined) return deny({ code: 'batch_not_allowed', presented: describe(String(presented)) })
  // One value cannot mirror several messages: a server that trusts it would judge one and run them all.
  const header = ['mcp-method', 'mcp-name'].find((name) => headers[name] !== undefined)
  return header === undefined ? undefined : deny({ code: 'header_mismatch', header })
}

/** Names beyond ASCII travel as `=?base64?…?=`; a broken one, which decoders read differently, equals nothing. */
function decodeName(name: string): string | undefined {
  const encoded = /^=\?base64\?([A-Za-z0-9+/]*={0,2})\?=$/i.exec(name)?.[1]
  if (encoded === undefined) return name.startsWith('=?') ? undefined : name
  const bytes = Buffer.from(encoded, 'base64')
  return bytes.toString('base64') === encoded && isUtf8(bytes) ? bytes.toString('utf8') : undefined
}
