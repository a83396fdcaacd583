import { isUtf8 } from 'node:buffer'

/** Deeper than any MCP message goes, shallower than any parser's stack. */
const MAX_DEPTH = 128

export type StrictJson =
  { readonly value: unknown } | { readonly problem: 'malformed' | 'ambiguous'; readonly detail: string }

/**
 * Parses JSON that every parser reads alike: UTF-8 without a byte order mark, no name twice in an object, none that
 * differs from another only in case where it decides (see `message.ts`), bounded depth. What passes here is forwarded
 * byte for byte, so a server that resolves duplicates the other way (RFC 8259 §4) must not get the chance.
 */
export function parseStrictJson(bytes: Buffer): StrictJson {
  if (!isUtf8(bytes)) return { problem: 'malformed', detail: 'not UTF-8' }
  const text = bytes.toString('utf8')
  if (text.charCodeAt(0) === 0xfeff) return { problem: 'ambiguous', detail: 'byte order mark' }
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return { problem: 'malformed', detail: 'not JSON' }
  }
  const detail = findAmbiguity(text)
  return detail === undefined ? { value } : { problem: 'ambiguous', detail }
}

const QUOTE = 0x22
const BACKSLASH = 0x5c

/** Walks text that is known to be JSON and reports a repeated member name or too much depth. */
function findAmbiguity(text: string): string | undefined {
  /** Names seen in each open object; `undefined` for an array. */
  const open: (string[] | Set<string> | undefined)[] = []
  let depth = 0
  let expectName = false
  for (let at = 0; at < text.length; at++) {
    switch (text.charCodeAt(at)) {
      case QUOTE: {
        const end = endOfString(text, at)
        if (expectName) {
          const raw = text.slice(at + 1, end)
          const name = raw.includes('\\') ? (JSON.parse(`"${raw}"`) as string) : raw
          if (isRepeated(open, depth - 1, name)) return 'repeated member name'
          expectName = false
        }
        at = end
        break
      }
      case 0x7b: // {
        if (depth === MAX_DEPTH) return 'too deep'
        open[depth++] = []
        expectName = true
        break
      case 0x5b: // [
        if (depth === MAX_DEPTH) return 'too deep'
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

/** A short list while an object is small, a set once it is not, so that a huge object costs no quadratic time. */
function isRepeated(open: (string[] | Set<string> | undefined)[], depth: number, name: string): boolean {
  const names = open[depth]!
  if (Array.isArray(names)) {
    if (names.includes(name)) return true
    names.push(name)
    if (names.length > 16) open[depth] = new Set(names)
    return false
  }
  if (names.has(name)) return true
  names.add(name)
  return false
}
