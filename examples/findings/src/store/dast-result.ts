import { z } from 'zod'
import { SEVERITIES } from './severity.ts'

export const DAST_ID = z.string().regex(/^SAMPLE-DAST-[0-9a-f]{6}-\d{4}$/)
export const DAST_STATUSES = ['open', 'fixed'] as const

/** What a dynamic scan saw from outside a running service. */
export const DAST_RESULT = z.object({
  id: DAST_ID,
  title: z.string(),
  cwe: z.string(),
  severity: z.enum(SEVERITIES),
  status: z.enum(DAST_STATUSES),
  repository: z.string(),
  target: z.string(),
  method: z.enum(['GET', 'POST']),
  path: z.string(),
  parameter: z.string().nullable(),
  evidence: z.string(),
  foundAt: z.string(),
})

export type DastResult = z.infer<typeof DAST_RESULT>
