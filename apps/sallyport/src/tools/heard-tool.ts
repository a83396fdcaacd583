import { isJsonObject, parseStrictJson } from '@sallyport/verifier'
import { rankOf, toolClassOf } from './tool-class.ts'
import type { ToolClass } from './tool-class.ts'

/** A tool as a server described it in a list. */
export interface HeardTool {
  readonly class: ToolClass
  readonly title: string | undefined
}

export type HeardTools = ReadonlyMap<string, HeardTool>

/** Of one server in one teamspace. */
export const MAX_TOOLS = 5_000
const MAX_LENGTH = 256
const MAX_DEPTH = 128

/**
 * The tools that the answers to these requests name; none, unless it is plainly such an answer. Of a tool that is named
 * twice, the worse is believed.
 */
export function readToolList(message: Buffer, ids: ReadonlySet<string | number>): HeardTools {
  const tools = new Map<string, HeardTool>()
  const parsed = parseStrictJson(message, MAX_DEPTH)
  if ('problem' in parsed) return tools
  for (const answer of [parsed.value].flat()) {
    if (!isJsonObject(answer) || !ids.has(answer['id'] as string | number)) continue
    const { result } = answer
    // What has content is the answer to a call, which a server sends in the place of a list where a caller gave both one id.
    if (!isJsonObject(result) || 'content' in result) continue
    const list = result['tools']
    if (!Array.isArray(list)) continue
    for (const entry of list.slice(0, MAX_TOOLS)) {
      if (tools.size < MAX_TOOLS && isJsonObject(entry)) add(tools, entry)
    }
  }
  return tools
}

function add(tools: Map<string, HeardTool>, { name, title, annotations }: Readonly<Record<string, unknown>>): void {
  if (!isStorable(name)) return
  const toolClass = toolClassOf(annotations)
  const before = tools.get(name)
  if (before && rankOf(before.class) >= rankOf(toolClass)) return
  const shown = title ?? (isJsonObject(annotations) ? annotations['title'] : undefined)
  tools.set(name, { class: toolClass, title: isStorable(shown) ? shown : undefined })
}

/** Text that both engines keep as it is: Postgres has no NUL, and a lone surrogate becomes another character. */
const isStorable = (text: unknown): text is string =>
  typeof text === 'string' && text !== '' && text.length <= MAX_LENGTH && text.isWellFormed() && !/\p{Cc}/u.test(text)
