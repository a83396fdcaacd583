import { LIST_METHODS } from '../tools/methods.ts'
import type { ActionKind } from './decision.ts'

/** What every session needs, whatever it then does. Lists are among it: they are filtered. */
const PROTOCOL = new Set([
  '', // a response
  'initialize',
  'ping',
  'server/discover',
  'subscriptions/listen',
  'logging/setLevel',
  ...LIST_METHODS,
])

/** What a method is that acts on nothing in particular. Tasks belong to whoever started them, and were judged then. */
export const kindOf = (method: string): ActionKind =>
  PROTOCOL.has(method) || method.startsWith('notifications/') || method.startsWith('tasks/') ? 'protocol' : 'other'
