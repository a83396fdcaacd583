import { LIST_METHODS } from '../tools/methods.ts'
import type { ToolClass } from '../tools/tool-class.ts'

/** `always`: it neither reads nor changes what the server keeps. `unknown`: nobody can tell what it does. */
export type MethodClass = ToolClass | 'always' | 'unknown'

/** What a client may send to a server, but for `tools/call`, by the revisions up to 2026-07-28. */
const CLASSES: Readonly<Record<string, MethodClass>> = {
  initialize: 'always',
  ping: 'always',
  'server/discover': 'always',
  'logging/setLevel': 'always',
  'completion/complete': 'always',
  ...Object.fromEntries(Array.from(LIST_METHODS, (method) => [method, 'always'] as const)),
  'prompts/get': 'read',
  'resources/read': 'read',
  'resources/subscribe': 'read',
  'resources/unsubscribe': 'read',
  'subscriptions/listen': 'read', // it may name resources, as resources/subscribe did
}

/** Tasks are unknown on purpose: by its id one reaches a call that another caller began. */
export function classOfMethod(method: string): MethodClass {
  if (method === '') return 'always' // a response, for which the server asked
  if (method.startsWith('notifications/')) return 'always'
  return Object.hasOwn(CLASSES, method) ? CLASSES[method]! : 'unknown'
}
