import type { JsonObject } from '@sallyport/verifier'
import { foldMember } from '../../policies/spelling.ts'

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
      const meant = byFolded.get(foldMember(name))
      if (meant !== undefined) return meant
    }
    return undefined
  }
}
