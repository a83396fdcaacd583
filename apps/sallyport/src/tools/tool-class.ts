/** Classes of tools, by what they may do: each covers those before it. */
export const TOOL_CLASSES = ['read', 'write', 'destructive'] as const
export type ToolClass = (typeof TOOL_CLASSES)[number]

/** 1 for the class that may do the least. */
export const rankOf = (toolClass: ToolClass): number => TOOL_CLASSES.indexOf(toolClass) + 1

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
