import { z } from 'zod'
import type { Page } from '../store/select.ts'
import { Refusal } from './tool.ts'

export const NEXT_CURSOR = z
  .string()
  .optional()
  .describe('Give it back as `cursor` for the next page; absent at the end')

export const pageInput = (most: number) =>
  z.object({
    cursor: z.string().max(200).optional().describe('nextCursor of the page before'),
    limit: z.int().min(1).max(most).default(Math.min(most, 25)),
  })

interface Asked {
  readonly cursor?: string | undefined
  readonly limit: number
}

/**
 * One page of rows in the order of their keys. A cursor is the last key, encoded so that callers do not build one;
 * whatever else it decodes to is refused.
 */
export function pageOf<Row>(
  { cursor, limit }: Asked,
  key: z.ZodType<string>,
  keyOf: (row: Row) => string,
  read: (page: Page) => Row[],
): { rows: Row[]; nextCursor?: string } {
  const after = cursor === undefined ? undefined : key.safeParse(Buffer.from(cursor, 'base64url').toString())
  if (after?.success === false) throw new Refusal('The cursor is not one that this server gave.')
  // One row more than asked for tells whether another page follows.
  const found = read({ after: after?.data, limit: limit + 1 })
  const rows = found.slice(0, limit)
  const last = found.length > limit ? rows.at(-1) : undefined
  return { rows, ...(last !== undefined && { nextCursor: Buffer.from(keyOf(last)).toString('base64url') }) }
}

export const byId = ({ id }: { readonly id: string }): string => id
