/** Requests for a list of what a server offers. Their answers are filtered, so one that is missing here is not. */
export const LIST_METHODS: ReadonlySet<string> = new Set([
  'tools/list',
  'prompts/list',
  'resources/list',
  'resources/templates/list',
])

/** Methods that act on a tool, a prompt or a resource, by what they act on; the usual one first. */
export const METHODS_ON = {
  tool: ['tools/call'],
  prompt: ['prompts/get', 'completion/complete'],
  resource: ['resources/read', 'resources/subscribe', 'resources/unsubscribe', 'completion/complete'],
} as const
