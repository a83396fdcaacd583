import type { ActionKind } from './decision.ts'

const KINDS: Readonly<Record<string, ActionKind>> = {
  'tools/call': 'tool',
  'prompts/get': 'prompt',
  'resources/read': 'resource',
  'resources/subscribe': 'resource',
  'resources/unsubscribe': 'resource',
  initialize: 'protocol',
  ping: 'protocol',
  'server/discover': 'protocol',
  'tools/list': 'protocol',
  'prompts/list': 'protocol',
  'resources/list': 'protocol',
  'resources/templates/list': 'protocol',
}

/** What a JSON-RPC method is to a policy: the one place that knows. */
export function kindOfMethod(method: string): ActionKind {
  if (Object.hasOwn(KINDS, method)) return KINDS[method]!
  return method.startsWith('notifications/') ? 'protocol' : 'other'
}
