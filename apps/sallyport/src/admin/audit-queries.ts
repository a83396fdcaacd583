import { z } from 'zod'
import { EXPORT_FORMATS } from '../audit/export-rows.ts'

const time = z
  .string()
  .refine((text) => !Number.isNaN(Date.parse(text)), { error: 'must be a time such as 2026-11-21T08:00:00Z' })
  .transform((text) => Date.parse(text))
  .optional()

const text = z.string().min(1).max(200).optional()

/** One page of events, newest first. What is looked for all has to be so. */
const pageOfEvents = {
  kind: z.enum(['call', 'attempt', 'admin']).optional(),
  decision: z.enum(['allowed', 'denied', 'fault']).optional(),
  rule: text.describe('A code, or what allowed'),
  server: text,
  target: z.string().min(1).max(512).optional().describe('A tool, the URI of a resource or a prompt'),
  member: z.uuid().optional().describe('Who called, or changed something'),
  email: text.describe('A part of it, in any case'),
  text: text.describe('Anywhere in the event, in any case'),
  from: time,
  until: time,
  limit: z.coerce.number().int().min(1).max(1_000).default(100),
  before: z.uuid().optional().describe('`older` of the page before'),
  after: z.uuid().optional().describe('`newer` of the page before: what came since'),
}

export const eventsQuery = <More extends z.ZodRawShape>(more: More) =>
  z.strictObject({ ...pageOfEvents, ...more }).refine((query) => !('before' in query && 'after' in query), {
    error: 'either before or after',
  })

/** Where a check of a chain goes on: `place` of the page before. */
export const placeInChain = {
  seq: z.coerce.number().int().min(0).default(0),
  hash: z
    .string()
    .regex(/^[\w.-]{0,64}$/)
    .default(''),
  limit: z.coerce.number().int().min(1).max(1_000).default(500),
}

export const exported = { format: z.enum(EXPORT_FORMATS).default('jsonl'), since: time, until: time }
