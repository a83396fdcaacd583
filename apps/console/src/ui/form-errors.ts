import { ProblemError } from '../api/client.ts'

/**
 * What a form shows beside its fields: the server's own words, by the field that each is about. What belongs to no field
 * of the form is left to `ProblemAlert`.
 */
export function fieldErrors(error: unknown, fields: readonly string[]): Record<string, string> {
  if (!(error instanceof ProblemError)) return {}
  return Object.fromEntries(
    error.errors.flatMap(({ path, says }) => (fields.includes(path) ? [[path, sentence(says)]] : [])),
  )
}

const sentence = (says: string): string => says.charAt(0).toUpperCase() + says.slice(1)
