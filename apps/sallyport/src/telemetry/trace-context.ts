/** W3C Trace Context: what says that calls of several programs belong together. Written by strangers, decides nothing. */
export interface TraceContext {
  readonly traceId: string
  readonly spanId: string
  readonly flags: number
  /** `tracestate`, as it came. */
  readonly state?: string | undefined
}

/** https://www.w3.org/TR/trace-context/#traceparent-header: a later version may add what we do not know, after a dash. */
const TRACEPARENT = /^(?!ff)([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-[\x21-\x7e]*)?$/
const MAX_TRACEPARENT = 128
const NOTHING = /^0+$/

/** What must be passed on is 512 characters and 32 members; more is not. */
const MAX_TRACESTATE = 512
const MAX_MEMBERS = 32
const MEMBER =
  /^[a-z0-9][a-z0-9_*/-]{0,255}(?:@[a-z][a-z0-9_*/-]{0,13})?=[\x20-\x2b\x2d-\x3c\x3e-\x7e]{0,255}[\x21-\x2b\x2d-\x3c\x3e-\x7e]$/

/** Anything that is not as the standard says is as good as absent. */
export function parseTraceContext(traceparent: unknown, tracestate: unknown): TraceContext | undefined {
  if (typeof traceparent !== 'string' || traceparent.length > MAX_TRACEPARENT) return undefined
  const match = TRACEPARENT.exec(traceparent)
  if (!match) return undefined
  const [, version, traceId, spanId, flags, rest] = match as unknown as [
    string,
    string,
    string,
    string,
    string,
    string?,
  ]
  if ((version === '00' && rest !== undefined) || NOTHING.test(traceId) || NOTHING.test(spanId)) return undefined
  return { traceId, spanId, flags: Number.parseInt(flags, 16) & 1, state: parseState(tracestate) }
}

function parseState(tracestate: unknown): string | undefined {
  if (typeof tracestate !== 'string' || tracestate.length > MAX_TRACESTATE) return undefined
  const members = tracestate.split(',').map((member) => member.trim())
  const named = members.filter((member) => member !== '')
  const keys = new Set(named.map((member) => member.slice(0, member.indexOf('='))))
  const isValid =
    named.length <= MAX_MEMBERS && keys.size === named.length && named.every((member) => MEMBER.test(member))
  return isValid && named.length > 0 ? named.join(',') : undefined
}

export const toTraceparent = ({ traceId, spanId, flags }: TraceContext): string =>
  `00-${traceId}-${spanId}-${flags & 1 ? '01' : '00'}`
