import { isJsonObject } from '@sallyport/verifier'
import type { JsonObject } from '@sallyport/verifier'
import { deny } from '../../outcome/denial.ts'
import type { Denial } from '../../outcome/denial.ts'
import { isKeptByAll, lookAlikes } from './look-alike.ts'

/** The tool, prompt or resource that a message is about. */
export interface RpcAct {
  readonly kind: 'tool' | 'prompt' | 'resource'
  /** Its name or URI; undefined where the message leaves it out, which only a server may refuse. */
  readonly target: string | undefined
}

const KIND_OF: Readonly<Record<string, RpcAct['kind']>> = {
  'tools/call': 'tool',
  'prompts/get': 'prompt',
  'resources/read': 'resource',
  'resources/subscribe': 'resource',
  'resources/unsubscribe': 'resource',
}

/** Methods whose params say in other ways what they are about. */
const REFERRING = 'completion/complete'
const WATCHING = 'subscriptions/listen'

export const ACTING_METHODS: readonly string[] = [...Object.keys(KIND_OF), REFERRING, WATCHING]

/** Each of them is judged. */
const MAX_WATCHED = 256

const malformed = (detail: string): Denial => deny({ code: 'message_malformed', detail })

const lookAlikeOfRef = lookAlikes(['type', 'name', 'uri'])
const lookAlikeOfListen = lookAlikes(['notifications', 'resourceSubscriptions'])

/** What a message is about, when it is about one thing; `target` is what the message itself names. */
export function readAct(
  method: string,
  target: string | undefined,
  params: JsonObject | undefined,
): RpcAct | undefined | Denial {
  if (method === REFERRING) return readReference(params?.['ref'])
  const kind = Object.hasOwn(KIND_OF, method) ? KIND_OF[method] : undefined
  return kind && { kind, target }
}

/** A completion is about the prompt or the resource whose argument it completes: `ref/prompt` or `ref/resource`. */
function readReference(ref: unknown): RpcAct | Denial {
  if (!isJsonObject(ref)) return malformed('ref')
  const ambiguous = inAnotherCase(lookAlikeOfRef(ref))
  if (ambiguous) return ambiguous
  const { type, name, uri } = ref
  // Both of them would let the server take the one that was not judged.
  if (type === 'ref/prompt' && typeof name === 'string' && uri === undefined) return { kind: 'prompt', target: name }
  if (type === 'ref/resource' && typeof uri === 'string' && name === undefined) return { kind: 'resource', target: uri }
  return malformed('ref')
}

const NONE: readonly string[] = []

/** Resources that `subscriptions/listen` names: since MCP 2026-07-28 it stands for `resources/subscribe`, too. */
export function readWatched(method: string, params: JsonObject | undefined): readonly string[] | Denial {
  if (method !== WATCHING || !params) return NONE
  const filter = params['notifications']
  const ambiguous = inAnotherCase(lookAlikeOfListen(params) ?? (isJsonObject(filter) && lookAlikeOfListen(filter)))
  if (ambiguous) return ambiguous
  if (filter === undefined) return NONE
  if (!isJsonObject(filter)) return malformed('notifications')
  const { resourceSubscriptions: uris = NONE } = filter
  return isListOfUris(uris) ? uris : malformed('resourceSubscriptions')
}

const isListOfUris = (value: unknown): value is string[] =>
  Array.isArray(value) &&
  value.length <= MAX_WATCHED &&
  value.every((uri) => typeof uri === 'string' && isKeptByAll(uri))

const inAnotherCase = (name: string | false | undefined): Denial | undefined =>
  name ? deny({ code: 'message_ambiguous', detail: `${name} in another case` }) : undefined
