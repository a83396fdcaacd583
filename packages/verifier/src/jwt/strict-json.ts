import { isUtf8 } from 'node:buffer'

const QUOTE = 0x22
const COLON = 0x3a
const BACKSLASH = 0x5c

export type JsonObject = Readonly<Record<string, unknown>>

/**
 * Parses a JSON object that no two parsers could read differently: UTF-8, no member name twice in one object
 * (RFC 8725 §2.4, RFC 7515 §4), shallow. Answers undefined for anything else.
 */
export function parseStrictObject(bytes: Buffer, maxDepth = 16): JsonObject | undefined {
  if (!isUtf8(bytes)) return undefined
  const text = bytes.toString('utf8')
  const members = countMembers(text, maxDepth)
  if (members === undefined) return undefined

  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return undefined
  }
  // Each member has one colon outside strings; of two members with one name, parsing keeps one.
  return isJsonObject(value) && countKeys(value) === members ? value : undefined
}

export const isJsonObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

function countMembers(text: string, maxDepth: number): number | undefined {
  let members = 0
  let depth = 0
  for (let i = 0; i < text.length; i++) {
    const char = text.charCodeAt(i)
    if (char === QUOTE) {
      i = endOfString(text, i)
      if (i === -1) return undefined
    } else if (char === COLON) members++
    else if ((char | 0x20) === 0x7b && ++depth > maxDepth) return undefined
    else if ((char | 0x20) === 0x7d) depth--
  }
  return members
}

function endOfString(text: string, start: number): number {
  let end = start
  for (;;) {
    end = text.indexOf('"', end + 1)
    if (end === -1) return -1
    let before = end
    while (text.charCodeAt(before - 1) === BACKSLASH) before--
    if ((end - before) % 2 === 0) return end
  }
}

function countKeys(value: object): number {
  let keys = Array.isArray(value) ? 0 : Object.keys(value).length
  for (const child of Object.values(value)) if (typeof child === 'object' && child !== null) keys += countKeys(child)
  return keys
}
