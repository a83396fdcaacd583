import { z } from 'zod'
import { EXPORT_FORMATS } from '../audit/export-rows.ts'

const time = z
  .string()
  .refine((text) => !Number.isNaN(Date.parse(text)), { error: 'must be a time such as 2026-11-21T08:00:00Z' })
  .transform((text) => Date.parse(text))
  .optional()

/** One page of events, newest first. */
export const pageOfEvents = {
  limit: z.coerce.number().int().min(1).max(1_000).default(100),
  before: z.uuid().optional().describe('The id of the last event of the page before'),
}

/** Where a check of a chain goes on: `place` of the page before. */
export const placeInChain = {
  seq: z.coerce.number().int().min(0).default(0),
  hash: z
    .string()
    .regex(/^[\w-]{0,64}$/)
    .default(''),
  limit: z.coerce.number().int().min(1).max(1_000).default(500),
}

export const exported = { format: z.enum(EXPORT_FORMATS).default('jsonl'), since: time, until: time }
