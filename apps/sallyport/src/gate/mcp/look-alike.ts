import type { JsonObject } from '@sallyport/verifier'

/** As case-blind parsers compare names: beyond ASCII, only U+017F and U+212A (by toLowerCase) fold to a letter of it. */
const foldCase = (name: string): string => name.toLowerCase().replaceAll('\u017f', 's')

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
