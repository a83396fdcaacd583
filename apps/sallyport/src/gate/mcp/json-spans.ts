/** Where a value stands in a text: from its first character to behind its last. */
export interface Span {
  readonly start: number
  readonly end: number
}

const QUOTE = 0x22
const BACKSLASH = 0x5c
const COMMA = 0x2c
const isSpace = (code: number): boolean => code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09
const isOpening = (code: number): boolean => code === 0x7b || code === 0x5b
const isClosing = (code: number): boolean => code === 0x7d || code === 0x5d

/** The value of the whole text. All here is for text that is known to be JSON, and reads no value: what stays is not re-spelt. */
export const rootSpan = (text: string): Span => {
  const start = skipSpace(text, 0)
  return { start, end: endOfValue(text, start) }
}

/** Members of the object that starts here, by name. */
export function memberSpans(text: string, { start }: Span): Map<string, Span> {
  const members = new Map<string, Span>()
  let at = skipSpace(text, start + 1)
  while (!isClosing(text.charCodeAt(at))) {
    const nameEnd = endOfString(text, at)
    const name = JSON.parse(text.slice(at, nameEnd)) as string
    const value = skipSpace(text, skipSpace(text, nameEnd) + 1) // behind the colon
    const end = endOfValue(text, value)
    members.set(name, { start: value, end })
    at = nextItem(text, end)
  }
  return members
}

/** Elements of the array that starts here, in order. */
export function elementSpans(text: string, { start }: Span): Span[] {
  const elements: Span[] = []
  let at = skipSpace(text, start + 1)
  while (!isClosing(text.charCodeAt(at))) {
    const end = endOfValue(text, at)
    elements.push({ start: at, end })
    at = nextItem(text, end)
  }
  return elements
}

export function skipSpace(text: string, from: number): number {
  let at = from
  while (isSpace(text.charCodeAt(at))) at++
  return at
}

function nextItem(text: string, end: number): number {
  const at = skipSpace(text, end)
  return text.charCodeAt(at) === COMMA ? skipSpace(text, at + 1) : at
}

function endOfValue(text: string, start: number): number {
  const first = text.charCodeAt(start)
  if (first === QUOTE) return endOfString(text, start)
  if (isOpening(first)) return endOfNested(text, start)
  let at = start
  while (at < text.length && !isEndOfScalar(text.charCodeAt(at))) at++
  return at
}

const isEndOfScalar = (code: number): boolean => code === COMMA || isClosing(code) || isSpace(code)

function endOfNested(text: string, start: number): number {
  let depth = 0
  for (let at = start; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code === QUOTE) at = endOfString(text, at) - 1
    else if (isOpening(code)) depth++
    else if (isClosing(code) && --depth === 0) return at + 1
  }
  return text.length
}

/** Behind the closing quote. */
export function endOfString(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code === BACKSLASH) at++
    else if (code === QUOTE) return at + 1
  }
  return text.length
}
