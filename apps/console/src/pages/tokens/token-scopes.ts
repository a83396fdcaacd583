/** What a token may call, as it is chosen. */
export interface ScopeChoice {
  /** None means all. */
  readonly servers: readonly string[]
  readonly tools: 'all' | 'read' | 'write' | 'named'
  /** Besides the class, or alone; letter by letter. */
  readonly names: readonly string[]
}

export const EVERYTHING: ScopeChoice = { servers: [], tools: 'all', names: [] }

/** As the API takes it; undefined is everything. */
export function toScopes({ servers, tools, names }: ScopeChoice): readonly string[] | undefined {
  const ofServers = servers.map((server) => `server:${server}`)
  if (tools === 'all') return ofServers.length === 0 ? undefined : [...ofServers, 'tools:*']
  const ofClass = tools === 'named' ? [] : [`class:${tools}`]
  return [...ofServers, ...ofClass, ...names.map((name) => `tool:${name}`)]
}

const CLASSES: Readonly<Record<string, string>> = {
  'tools:*': 'all tools',
  'class:read': 'tools that read',
  'class:write': 'tools that read and write',
  'class:destructive': 'all tools',
}

/** The same in words. */
export function describeScopes(scopes: readonly string[] | null): string {
  if (scopes === null) return 'everything its role may'
  const servers = namesOf(scopes, 'server:')
  const tools = [...scopes.flatMap((scope) => CLASSES[scope] ?? []), ...namesOf(scopes, 'tool:')]
  return `${listed(tools) || 'no tool'}${servers.length > 0 ? ` on ${listed(servers)}` : ''}`
}

const namesOf = (scopes: readonly string[], kind: string): string[] =>
  scopes.filter((scope) => scope.startsWith(kind)).map((scope) => scope.slice(kind.length))

const listed = (words: readonly string[]): string => new Intl.ListFormat('en').format(words)
