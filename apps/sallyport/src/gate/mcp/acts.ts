import { isJsonObject } from '@sallyport/verifier'
import type { JsonObject } from '@sallyport/verifier'
import { deny } from '../../outcome/denial.ts'
import type { Denial } from '../../outcome/denial.ts'
import { lookAlikes } from './look-alike.ts'

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

const malformed: Denial = deny({ code: 'message_malformed', detail: 'ref' })

const findLookAlike = lookAlikes(['type', 'name', 'uri'])

/** What a message is about, when it is about one thing; `target` is what the message itself names. */
export function readAct(
  method: string,
  target: string | undefined,
  params: JsonObject | undefined,
): RpcAct | undefined | Denial {
  if (method === 'completion/complete') return readReference(params?.['ref'])
  const kind = Object.hasOwn(KIND_OF, method) ? KIND_OF[method] : undefined
  return kind && { kind, target }
}

/** A completion is about the prompt or the resource whose argument it completes: `ref/prompt` or `ref/resource`. */
function readReference(ref: unknown): RpcAct | Denial {
  if (!isJsonObject(ref)) return malformed
  const lookAlike = findLookAlike(ref)
  if (lookAlike !== undefined) return deny({ code: 'message_ambiguous', detail: `${lookAlike} in another case` })
  const { type, name, uri } = ref
  // Both of them would let the server take the one that was not judged.
  if (type === 'ref/prompt' && typeof name === 'string' && uri === undefined) return { kind: 'prompt', target: name }
  if (type === 'ref/resource' && typeof uri === 'string' && name === undefined) return { kind: 'resource', target: uri }
  return malformed
}

const MAX_WATCHED = 200
const lookAlikeOfListen = lookAlikes(['notifications'])
const lookAlikeOfFilter = lookAlikes(['resourceSubscriptions'])

/** The resources that `subscriptions/listen` subscribes to (2026-07-28), as `resources/subscribe` did one by one. */
export function readWatched(method: string, params: JsonObject | undefined): readonly string[] | Denial {
  const filter = method === 'subscriptions/listen' ? params?.['notifications'] : undefined
  const lookAlike = (params && method === 'subscriptions/listen' && lookAlikeOfListen(params)) || undefined
  const inner = isJsonObject(filter) ? lookAlikeOfFilter(filter) : undefined
  if (lookAlike ?? inner) return deny({ code: 'message_ambiguous', detail: `${lookAlike ?? inner} in another case` })
  const uris = isJsonObject(filter) ? filter['resourceSubscriptions'] : undefined
  if (uris === undefined) return NONE
  const isList = Array.isArray(uris) && uris.length <= MAX_WATCHED && uris.every((uri) => typeof uri === 'string')
  return isList ? uris : deny({ code: 'message_malformed', detail: 'resourceSubscriptions' })
}

const NONE: readonly string[] = []
