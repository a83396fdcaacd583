import { z } from 'zod'
import type { Page } from '../store/findings-repository.ts'
import type { Finding } from '../store/finding.ts'

export const FINDING_ID = z
  .string()
  .regex(/^SAMPLE-\d{4}-\d{4}$/)
  .describe('Id of a finding, such as SAMPLE-2026-0001')

// A cursor is the last id, encoded so that callers do not build one; whatever else it decodes to is refused here.
const cursor = z
  .string()
  .max(64)
  .transform((text) => Buffer.from(text, 'base64url').toString())
  .pipe(FINDING_ID)

export const pageSchema = (most: number) =>
  z.object({
    cursor: z.string().max(64).optional().describe('nextCursor of the page before'),
    limit: z.int().min(1).max(most).default(Math.min(most, 25)),
  })

/** One row more than asked for tells whether another page follows. Undefined: the cursor is not one of ours. */
export function toPage(input: { cursor?: string | undefined; limit: number }): Page | undefined {
  if (input.cursor === undefined) return { limit: input.limit + 1 }
  const after = cursor.safeParse(input.cursor)
  return after.success ? { after: after.data, limit: input.limit + 1 } : undefined
}

export function fromPage(rows: readonly Finding[], limit: number) {
  const findings = rows.slice(0, limit)
  const last = rows.length > limit ? findings.at(-1) : undefined
  return { findings, ...(last && { nextCursor: Buffer.from(last.id).toString('base64url') }) }
}
