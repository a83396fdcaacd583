import type { ActionKind } from './decision.ts'

/** What every session needs, whatever it then does. Lists are among it: they are filtered. */
const PROTOCOL = new Set([
  '', // a response
  'initialize',
  'ping',
  'server/discover',
  'subscriptions/listen',
  'logging/setLevel',
  'tools/list',
  'prompts/list',
  'resources/list',
  'resources/templates/list',
])

/** What a method is that acts on nothing in particular. Tasks belong to whoever started them, and were judged then. */
export const kindOf = (method: string): ActionKind =>
  PROTOCOL.has(method) || method.startsWith('notifications/') || method.startsWith('tasks/') ? 'protocol' : 'other'

/** Methods that act on a tool, a prompt or a resource, by what they act on; the usual one first. */
export const METHODS_ON = {
  tool: ['tools/call'],
  prompt: ['prompts/get', 'completion/complete'],
  resource: ['resources/read', 'resources/subscribe', 'resources/unsubscribe', 'completion/complete'],
} as const
