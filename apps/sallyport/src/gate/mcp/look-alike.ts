import type { JsonObject } from '@sallyport/verifier'

/**
 * As case-blind parsers compare names: beyond ASCII, only U+017F and U+212A (by toLowerCase) fold to a letter of it. Those
 * that keep text as C does end it at a NUL.
 */
const foldCase = (name: string): string => untilNul(name).toLowerCase().replaceAll('\u017f', 's')

function untilNul(name: string): string {
  const nul = name.indexOf('\0')
  return nul === -1 ? name : name.slice(0, nul)
}

/** Whether every parser and every server keeps the text as it is: some end it at a NUL, some replace half a surrogate pair. */
export const isKeptByAll = (text: string): boolean => !text.includes('\0') && text.isWellFormed()

/**
 * Finds `Name` beside or instead of `name`: a case-blind reader would see what the gate did not. Answers the decisive
 * name that a member of the object looks like.
 */
export function lookAlikes(decisive: readonly string[]): (object: JsonObject) => string | undefined {
  const exact = new Set(decisive)
  const byFolded = new Map(decisive.map((name) => [name.toLowerCase(), name]))
  return (object) => {
    for (const name in object) {
      if (exact.has(name)) continue
      const meant = byFolded.get(foldCase(name))
      if (meant !== undefined) return meant
    }
    return undefined
  }
}
