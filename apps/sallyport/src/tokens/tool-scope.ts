import { TOOL_CLASSES } from '../tools/tool-class.ts'
import type { ToolClass } from '../tools/tool-class.ts'

/** Every tool and every method. Scopes that name servers and nothing else are completed with it when they are granted. */
export const ALL_TOOLS = 'tools:*'

/** MCP's characters for tool names. Names are compared as they are: no case is folded and no Unicode normalised. */
const TOOL_NAME = /^[A-Za-z0-9_./-]{1,128}$/
const SERVER_NAME = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/

/** Whether a scope can name the tool. What a server calls otherwise is reached by class or `tools:*` only. */
export const isToolName = (text: string): boolean => TOOL_NAME.test(text)

const isToolClass = (text: string): text is ToolClass => (TOOL_CLASSES as readonly string[]).includes(text)

/** Kinds of scope by what they begin with. All of them are scope tokens of RFC 6749 §3.3. */
const KINDS = {
  tool: { takes: isToolName, says: 'a tool is named exactly, in 1 to 128 of A-Z a-z 0-9 _ - . /' },
  class: { takes: isToolClass, says: `the classes are ${TOOL_CLASSES.join(', ')}` },
  server: {
    takes: (text: string) => SERVER_NAME.test(text),
    says: 'a server is named as in the configuration, in lower-case letters, digits and dashes',
  },
} as const

export type ScopeKind = keyof typeof KINDS

const isScopeKind = (text: string): text is ScopeKind => Object.hasOwn(KINDS, text)

/** `kind:name`, when it is that. */
export function splitToolScope(text: string): { readonly kind: ScopeKind; readonly name: string } | undefined {
  const colon = text.indexOf(':')
  const kind = text.slice(0, colon)
  const name = text.slice(colon + 1)
  return colon > 0 && isScopeKind(kind) && KINDS[kind].takes(name) ? { kind, name } : undefined
}

/** The scope in its one canonical form, or what is wrong with it. `read`, `write` and `destructive` are short for classes. */
export function readToolScope(text: string): { readonly scope: string } | { readonly problem: string } {
  if (isToolClass(text)) return { scope: `class:${text}` }
  if (text === ALL_TOOLS || splitToolScope(text)) return { scope: text }
  return { problem: `${quoted(text)} is not a scope: ${hintFor(text)}` }
}

function hintFor(text: string): string {
  if (/^(?:tools?:)?\*$|^tools?:?$|^all$/i.test(text)) return `say ${ALL_TOOLS} for all tools`
  const [kind = ''] = text.split(':', 1)
  if (isScopeKind(kind)) return KINDS[kind].says
  return `say ${ALL_TOOLS}, tool:NAME, class:read, class:write, class:destructive or server:NAME`
}

const MAX_QUOTED = 60

/** As plain ASCII, so that a letter which only looks like another one is seen, and nothing in it moves a terminal. */
const quoted = (text: string): string => {
  const shown = text.length > MAX_QUOTED ? `${text.slice(0, MAX_QUOTED)}…` : text
  return `"${shown.replace(/[^\x20-\x7e…]/gu, (character) => `\\u{${character.codePointAt(0)!.toString(16)}}`)}"`
}
