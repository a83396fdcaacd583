import type { ToolClass } from './policy.ts'

/**
 * The class of a tool by its annotations (MCP, `ToolAnnotations`): they are hints of the server, which the operator
 * chose. Absent ones mean what MCP says they mean: not read-only, and destructive.
 */
export function toolClassOf(annotations: unknown): ToolClass {
  if (typeof annotations !== 'object' || annotations === null) return 'destructive'
  const { readOnlyHint, destructiveHint } = annotations as Readonly<Record<string, unknown>>
  if (readOnlyHint === true) return 'read'
  return destructiveHint === false ? 'write' : 'destructive'
}
