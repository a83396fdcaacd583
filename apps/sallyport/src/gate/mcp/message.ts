import { isJsonObject, parseStrictJson } from '@sallyport/verifier'
import type { JsonObject } from '@sallyport/verifier'
import { deny } from '../../outcome/denial.ts'
import type { Denial } from '../../outcome/denial.ts'
import { ACTING_METHODS, readAct, readWatched } from './acts.ts'
import type { RpcAct } from './acts.ts'
import { isKeptByAll, lookAlikes } from './look-alike.ts'
import { LIST_METHODS } from '../../tools/methods.ts'
import { methodLookAlikes } from './method-look-alike.ts'

/** One JSON-RPC message, as far as the gate has to understand it. */
export interface RpcMessage {
  readonly kind: 'request' | 'notification' | 'response'
  readonly id: string | number | null
  /** Empty for a response. */
  readonly method: string
  /** Tool or prompt name, resource URI, task id: what `Mcp-Name` mirrors. */
  readonly target: string | undefined
  /** The tool, prompt or resource that it is about, which need not be what `Mcp-Name` mirrors. */
  readonly acts: RpcAct | undefined
  /** URIs of resources whose changes it asks for, beside what it is about. */
  readonly watched: readonly string[]
  readonly params: JsonObject | undefined
  /** Protocol revision that the body itself names (2026-07-28 and later). */
  readonly revision: string | undefined
}

export interface RpcBody {
  readonly messages: readonly RpcMessage[]
  readonly batch: boolean
}

/** Deeper than any MCP message goes, shallower than any parser's stack. */
const MAX_DEPTH = 128
const MAX_BATCH = 50
const REVISION_KEY = 'io.modelcontextprotocol/protocolVersion'

/** Which member of `params` says what a method acts on; the one place that knows. */
const TARGET_OF: Readonly<Record<string, string>> = {
  'tools/call': 'name',
  'prompts/get': 'name',
  'resources/read': 'uri',
  'resources/subscribe': 'uri',
  'resources/unsubscribe': 'uri',
  'tasks/get': 'taskId',
  'tasks/update': 'taskId',
  'tasks/cancel': 'taskId',
}

/** Whether messages of this method name something in `params` that they act on. */
export const actsOnTarget = (method: string): boolean => Object.hasOwn(TARGET_OF, method)

/** Members that decide who may do what: one that differs from these only in case is refused. */
const lookAlike = lookAlikes([
  ...['jsonrpc', 'id', 'method', 'params', 'result', 'error'],
  ...['name', 'uri', 'taskId', 'ref', 'arguments', '_meta'],
])

const methodLookAlike = methodLookAlikes([...Object.keys(TARGET_OF), ...ACTING_METHODS, ...LIST_METHODS])

/** Reads a POST body once. What it returns describes exactly the bytes that will be forwarded. */
export function readRpcBody(bytes: Buffer): RpcBody | Denial {
  const parsed = parseStrictJson(bytes, MAX_DEPTH)
  if ('problem' in parsed) {
    const code = parsed.problem === 'malformed' ? 'message_malformed' : 'message_ambiguous'
    return deny({ code, detail: parsed.detail })
  }
  if (!Array.isArray(parsed.value)) {
    const message = toMessage(parsed.value)
    return 'denied' in message ? message : { messages: [message], batch: false }
  }
  if (parsed.value.length === 0 || parsed.value.length > MAX_BATCH) {
    return deny({ code: 'message_malformed', detail: `batch of ${parsed.value.length}` })
  }
  const messages: RpcMessage[] = []
  for (const element of parsed.value) {
    const message = toMessage(element)
    if ('denied' in message) return message
    messages.push(message)
  }
  return { messages, batch: true }
}

function toMessage(value: unknown): RpcMessage | Denial {
  if (!isJsonObject(value) || value.jsonrpc !== '2.0')
    return deny({ code: 'message_malformed', detail: 'not JSON-RPC 2.0' })
  const ambiguousMember = findLookAlike(value)
  if (ambiguousMember) return ambiguousMember
  const { id, method, params } = value
  if (id !== undefined && id !== null && typeof id !== 'string' && !Number.isSafeInteger(id)) {
    return deny({ code: 'message_malformed', detail: 'id' })
  }
  if (method === undefined) {
    if (!('result' in value) && !('error' in value)) return deny({ code: 'message_malformed', detail: 'no method' })
    return {
      kind: 'response',
      id: (id ?? null) as string | number | null,
      method: '',
      target: undefined,
      acts: undefined,
      watched: [],
      params: undefined,
      revision: undefined,
    }
  }
  if (typeof method !== 'string' || method.length > 256) return deny({ code: 'message_malformed', detail: 'method' })
  const meant = methodLookAlike(method)
  if (meant !== undefined) return ambiguous(`${meant} in another spelling`)
  if (!isKeptByAll(method)) return ambiguous('method')
  if (params !== undefined && !isJsonObject(params)) return deny({ code: 'message_malformed', detail: 'params' })
  const ambiguousParams = params && findLookAlike(params)
  if (ambiguousParams) return ambiguousParams
  const targetMember = actsOnTarget(method) ? TARGET_OF[method] : undefined
  const target = targetMember === undefined ? undefined : params?.[targetMember]
  if (target !== undefined && typeof target !== 'string')
    return deny({ code: 'message_malformed', detail: targetMember! })
  const acts = readAct(method, target, params)
  if (acts && 'denied' in acts) return acts
  const unfit = acts && checkActed(acts, params)
  if (unfit) return unfit
  const watched = readWatched(method, params)
  if ('denied' in watched) return watched
  const meta = params?._meta
  const revision = isJsonObject(meta) ? meta[REVISION_KEY] : undefined
  return {
    kind: id === undefined ? 'notification' : 'request',
    id: (id ?? null) as string | number | null,
    method,
    target,
    acts,
    watched,
    params,
    revision: typeof revision === 'string' ? revision : undefined,
  }
}

/** What acts on something is judged by its name and its arguments: both must be the server's, too. */
function checkActed({ target }: RpcAct, params: JsonObject | undefined): Denial | undefined {
  if (target !== undefined && !isKeptByAll(target)) return ambiguous('a name that not all keep')
  if (!params) return undefined
  // A server that copies members would find there what the message itself leaves out.
  if (Object.hasOwn(params, '__proto__')) return ambiguous('__proto__')
  const { arguments: args } = params
  // Some servers read arguments from text, and some clients write null for none.
  const isReadable = args === undefined || args === null || isJsonObject(args)
  return isReadable ? undefined : deny({ code: 'message_malformed', detail: 'arguments' })
}

function findLookAlike(object: JsonObject): Denial | undefined {
  const meant = lookAlike(object)
  return meant === undefined ? undefined : ambiguous(`${meant} in another case`)
}

const ambiguous = (detail: string): Denial => deny({ code: 'message_ambiguous', detail })
