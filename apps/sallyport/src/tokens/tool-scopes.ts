import { classOfMethod } from './method-class.ts'
import { rankOf } from '../tools/tool-class.ts'
import type { ToolClass } from '../tools/tool-class.ts'
import { ALL_TOOLS, isToolName, splitToolScope } from './tool-scope.ts'
import type { ScopeKind } from './tool-scope.ts'

/** What the scopes of an MCP token allow, compiled once. Undefined in its place is a token without scopes: all tools. */
export interface ToolScopes {
  /** In their canonical form, for rules and challenges. */
  readonly granted: readonly string[]
  readonly servers: ReadonlySet<string> | 'all'
  readonly tools: ReadonlySet<string> | 'all'
  /** How many classes are covered, counted from the least. */
  readonly classes: number
}

export interface ToolCall {
  readonly server: string
  /** As the body has it, letter by letter. */
  readonly tool: string
  /** Undefined when nobody knows the tool: then it is taken for destructive. */
  readonly toolClass?: ToolClass | undefined
}

export interface OtherMessage {
  readonly server: string
  /** Empty for a response. */
  readonly method: string
}

const NONE: ReadonlySet<string> = new Set()

export function compileToolScopes(granted: readonly string[]): ToolScopes {
  const named = granted.map((scope) => (scope === ALL_TOOLS ? ALL_TOOLS : splitToolScope(scope)))
  // One that is not understood may have been meant to narrow, so nothing is left of the others.
  if (named.includes(undefined)) return { granted, servers: NONE, tools: NONE, classes: 0 }
  const namesOf = (kind: ScopeKind): string[] =>
    named.flatMap((scope) => (typeof scope === 'object' && scope.kind === kind ? [scope.name] : []))
  const servers = namesOf('server')
  return {
    granted,
    servers: servers.length === 0 ? 'all' : new Set(servers),
    tools: named.includes(ALL_TOOLS) ? 'all' : new Set(namesOf('tool')),
    classes: Math.max(0, ...namesOf('class').map((name) => rankOf(name as ToolClass))),
  }
}

/** Whether the token may be used at this server at all: also asked of calls without a message. */
export const allowsServer = (scopes: ToolScopes | undefined, server: string): boolean =>
  scopes === undefined || scopes.servers === 'all' || scopes.servers.has(server)

export function allowsTool(scopes: ToolScopes | undefined, { server, tool, toolClass }: ToolCall): boolean {
  if (scopes === undefined) return true
  if (!allowsServer(scopes, server)) return false
  if (scopes.tools === 'all' || scopes.tools.has(tool)) return true
  return rankOf(toolClass ?? 'destructive') <= scopes.classes
}

/** Every message but `tools/call`, of whatever method (B-07 f). */
export function allowsOther(scopes: ToolScopes | undefined, { server, method }: OtherMessage): boolean {
  if (scopes === undefined) return true
  if (!allowsServer(scopes, server)) return false
  if (scopes.tools === 'all') return true
  const methodClass = classOfMethod(method)
  if (methodClass === 'always') return true
  return methodClass !== 'unknown' && rankOf(methodClass) <= scopes.classes
}

/**
 * The least that would have been enough, for the challenge of a 403 (RFC 6750 §3). It follows from what was asked and what
 * the token has, never from what tools there are: a stranger's guess learns nothing.
 */
export function scopesNeeded(scopes: ToolScopes | undefined, asked: ToolCall | OtherMessage): readonly string[] {
  const server = allowsServer(scopes, asked.server) ? [] : [`server:${asked.server}`]
  if ('tool' in asked) return [...server, isToolName(asked.tool) ? `tool:${asked.tool}` : 'class:destructive']
  const methodClass = classOfMethod(asked.method)
  if (methodClass === 'always') return server
  return [...server, methodClass === 'unknown' ? ALL_TOOLS : `class:${methodClass}`]
}
