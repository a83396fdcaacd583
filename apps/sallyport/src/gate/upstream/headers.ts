import type { IncomingHttpHeaders } from 'node:http'
import type { EquippedCall } from '../call.ts'
import { toTraceparent } from '../../telemetry/trace-context.ts'
import type { TraceContext } from '../../telemetry/trace-context.ts'
import { isMirror } from '../mcp/headers.ts'
import { ownerOf } from '../steps/read.ts'
import type { SessionBinder } from '../mcp/session.ts'

/**
 * Request headers that go on. Everything else stays: credentials, cookies, identity headers of whatever gateway, the
 * hop-by-hop ones and those named in `Connection`. A list of what passes cannot forget one.
 */
const PASSED_ON = new Set(['accept', 'accept-language', 'last-event-id', 'user-agent'])

/** Response headers that come back; never the server's own challenge, cookies or CORS. */
const PASSED_BACK = new Set([
  'content-type',
  'content-length',
  'content-encoding',
  'content-language',
  'cache-control',
  'retry-after',
  'last-modified',
  'etag',
  'allow',
])

const isMcp = (name: string): boolean => name.startsWith('mcp-') && name !== 'mcp-session-id'

/** Flat name-value list, as undici takes it. */
export function upstreamHeaders(
  call: EquippedCall,
  { forwardBaggage }: { readonly forwardBaggage: boolean },
): string[] {
  const { request, record, server, credential, body, upstreamSessionId } = call
  const { headers } = request
  const out: string[] = ['host', server.upstream.host]
  const hopOnly = namedIn(headers.connection)
  for (const name in headers) {
    if (hopOnly?.has(name) || name === credential?.header) continue // the credential's header is ours alone
    if (body === undefined && isMirror(name)) continue
    if (PASSED_ON.has(name) || isMcp(name) || server.forwardHeaders.includes(name))
      out.push(name, headers[name] as string)
  }
  if (record.trace) addContext(out, record.trace.startUpstream(server.upstream))
  else if (record.traceContext && !hopOnly?.has('traceparent')) addContext(out, record.traceContext)
  const { baggage } = headers
  if (forwardBaggage && isBaggage(baggage) && !hopOnly?.has('baggage')) out.push('baggage', baggage)
  if (body !== undefined) out.push('content-type', 'application/json')
  if (upstreamSessionId !== undefined) out.push('mcp-session-id', upstreamSessionId)
  if (credential) out.push(credential.header, credential.value)
  return out
}

function addContext(out: string[], context: TraceContext): void {
  out.push('traceparent', toTraceparent(context))
  if (context.state !== undefined) out.push('tracestate', context.state)
}

/** https://www.w3.org/TR/baggage/#limits */
const isBaggage = (value: unknown): value is string => typeof value === 'string' && value.length <= 8192

/** What `Connection` names is for this hop alone (RFC 9110 §7.6.1); nearly always it names nothing. */
function namedIn(connection: string | undefined): Set<string> | undefined {
  if (connection === undefined || connection === 'keep-alive' || connection === 'close') return undefined
  return new Set(connection.split(',').map((name) => name.trim().toLowerCase()))
}

export function clientHeaders(
  call: EquippedCall,
  headers: IncomingHttpHeaders,
  sessions: SessionBinder,
): Record<string, string> {
  const out: Record<string, string> = {}
  for (const name in headers) {
    if (PASSED_BACK.has(name) || isMcp(name)) out[name] = headers[name] as string
  }
  const session = headers['mcp-session-id']
  if (typeof session === 'string' && !call.stateless) out['mcp-session-id'] = sessions.wrap(session, ownerOf(call))
  return out
}

export const isEventStream = (headers: IncomingHttpHeaders): boolean =>
  String(headers['content-type'] ?? '').startsWith('text/event-stream')
