import { z } from 'zod'
import { issuerProblem } from './issuer.ts'

/** A text that a function says what is wrong with; undefined when nothing is. */
export const checked = (problemOf: (text: string) => string | undefined) =>
  z.string().superRefine((text, context) => {
    const problem = problemOf(text)
    if (problem !== undefined) context.addIssue({ code: 'custom', message: problem })
  })

export const issuerUrl = checked(issuerProblem)

/** Printable, so that what is stored is what was seen; case counts (RFC 7519 §4.1.3). */
export const word = (max: number) =>
  z
    .string()
    .max(max)
    .regex(/^[\x21-\x7e]+$/, { error: 'must be one word of printable ASCII' })

/** RFC 6749 §3.3 */
export const scopeName = z
  .string()
  .max(200)
  .regex(/^[\x21\x23-\x5b\x5d-\x7e]+$/, { error: 'must be one word, as in the token' })

export const unique = (values: readonly string[]): string[] => [...new Set(values)]
