import { fold } from '../../policies/spelling.ts'

const lettersOf = (method: string): string => fold(method).replace(/[^a-z]/g, '')

/**
 * Finds `Tools/Call` or `tools/call/` instead of `tools/call`: a lenient server would run as that what the gate judged as
 * a method of no meaning. Answers the method that another looks like.
 */
export function methodLookAlikes(methods: readonly string[]): (method: string) => string | undefined {
  const exact = new Set(methods)
  const byLetters = new Map(methods.map((method) => [lettersOf(method), method]))
  return (method) => (exact.has(method) ? undefined : byLetters.get(lettersOf(method)))
}
