const LONGEST_LINE = 100

/**
 * A JSON value as lines that can be compared: without commas and brackets, which would differ where nothing does, and with
 * short lists in one line.
 */
export function printLines(value: unknown): string {
  if (value === undefined) return ''
  if (typeof value === 'string') return value
  return linesOf(value).join('\n')
}

function linesOf(value: unknown): string[] {
  if (isBranch(value))
    return Array.isArray(value) ? value.flatMap(itemLines) : Object.entries(value).flatMap(memberLines)
  return [JSON.stringify(value)]
}

function memberLines([name, value]: readonly [string, unknown]): string[] {
  if (value === undefined) return []
  return fits(value) ? [`${name}: ${inline(value)}`] : [`${name}:`, ...indented(linesOf(value))]
}

function itemLines(value: unknown): string[] {
  if (fits(value)) return [`- ${inline(value)}`]
  const [first = '', ...rest] = linesOf(value)
  return [`- ${first}`, ...indented(rest)]
}

const isBranch = (value: unknown): value is object => typeof value === 'object' && value !== null
const isLeaf = (value: unknown): boolean => !isBranch(value) || Object.keys(value).length === 0

/** Leaves, and lists of leaves that are not too long. */
const fits = (value: unknown): boolean =>
  isLeaf(value) || (Array.isArray(value) && value.every(isLeaf) && inline(value).length <= LONGEST_LINE)

const inline = (value: unknown): string =>
  Array.isArray(value) ? `[${value.map((item) => JSON.stringify(item)).join(', ')}]` : JSON.stringify(value)

const indented = (lines: readonly string[]): string[] => lines.map((line) => `  ${line}`)
