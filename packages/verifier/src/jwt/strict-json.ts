import { isUtf8 } from 'node:buffer'

export type JsonObject = Readonly<Record<string, unknown>>

export type StrictJson =
  { readonly value: unknown } | { readonly problem: 'malformed' | 'ambiguous'; readonly detail: string }

/**
 * Parses JSON that every parser reads alike: UTF-8 without a byte order mark, no member name twice in one object
 * (RFC 8259 §4, RFC 8725 §2.4, RFC 7515 §4), none that parsers are known to disagree on, at most `maxDepth` deep.
 * Never throws.
 */
export function parseStrictJson(bytes: Buffer, maxDepth: number): StrictJson {
  if (!isUtf8(bytes)) return { problem: 'malformed', detail: 'not UTF-8' }
  const text = bytes.toString('utf8')
  if (text.charCodeAt(0) === 0xfeff) return { problem: 'ambiguous', detail: 'byte order mark' }
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return { problem: 'malformed', detail: 'not JSON' }
  }
  const detail = findAmbiguity(text, maxDepth)
  return detail === undefined ? { value } : { problem: 'ambiguous', detail }
}

/** The same for what must be an object; undefined for anything else. */
export function parseStrictObject(bytes: Buffer, maxDepth = 16): JsonObject | undefined {
  const parsed = parseStrictJson(bytes, maxDepth)
  return 'value' in parsed && isJsonObject(parsed.value) ? parsed.value : undefined
}

export const isJsonObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const QUOTE = 0x22
const BACKSLASH = 0x5c

/** Names seen in an object that is open: a short list at first, a set once it grows; nothing for an array. */
type Names = string[] | Set<string> | undefined

/** Walks text that is known to be JSON. It reads names from the text: what parsing made of them may already be wrong. */
function findAmbiguity(text: string, maxDepth: number): string | undefined {
  const open: Names[] = []
  let depth = 0
  let expectName = false
  for (let at = 0; at < text.length; at++) {
    switch (text.charCodeAt(at)) {
      case QUOTE: {
        const end = endOfString(text, at)
        if (expectName) {
          const problem = addName(open, depth - 1, text.slice(at + 1, end))
          if (problem !== undefined) return problem
          expectName = false
        }
        at = end
        break
      }
      case 0x7b: // {
        if (depth === maxDepth) return 'too deep'
        open[depth++] = []
        expectName = true
        break
      case 0x5b: // [
        if (depth === maxDepth) return 'too deep'
        open[depth++] = undefined
        expectName = false
        break
      case 0x7d: // }
      case 0x5d: // ]
        depth--
        expectName = false
        break
      case 0x2c: // ,
        expectName = open[depth - 1] !== undefined
        break
    }
  }
  return undefined
}

function endOfString(text: string, start: number): number {
  let end = text.indexOf('"', start + 1)
  while (isEscaped(text, end)) end = text.indexOf('"', end + 1)
  return end
}

function isEscaped(text: string, at: number): boolean {
  let slashes = 0
  while (text.charCodeAt(at - 1 - slashes) === BACKSLASH) slashes++
  return slashes % 2 === 1
}

/** V8 13.6 and 14.6 read a name of one character that is spelt with an escape (`"\u0061"`) as a backslash. */
const ESCAPED_CHARACTER = /^\\(?:.|u[0-9a-fA-F]{4})$/

function addName(open: Names[], level: number, spelt: string): string | undefined {
  let name = spelt
  if (spelt.includes('\\')) {
    if (ESCAPED_CHARACTER.test(spelt)) return 'escaped member name of one character'
    name = JSON.parse(`"${spelt}"`) as string
  }
  return isRepeated(open, level, name) ? 'repeated member name' : undefined
}

function isRepeated(open: Names[], level: number, name: string): boolean {
  const names = open[level]!
  if (Array.isArray(names)) {
    if (names.includes(name)) return true
    names.push(name)
    if (names.length > 16) open[level] = new Set(names)
    return false
  }
  if (names.has(name)) return true
  names.add(name)
  return false
}
