/** What a text says, or why it says nothing. */
export type Parsed<Value> = { readonly value: Value } | { readonly problem: string }

const TRUE = new Set(['true', '1', 'yes', 'on'])
const FALSE = new Set(['false', '0', 'no', 'off'])

export function parseBoolean(text: string): Parsed<boolean> {
  const word = text.trim().toLowerCase()
  if (TRUE.has(word)) return { value: true }
  if (FALSE.has(word)) return { value: false }
  return { problem: `must be ${[...TRUE].join(', ')}, or ${[...FALSE].join(', ')}` }
}
