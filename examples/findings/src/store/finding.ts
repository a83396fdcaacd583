import { z } from 'zod'
import { SEVERITIES } from './severity.ts'

export const KINDS = ['dependency', 'code'] as const
export const STATUSES = ['open', 'acknowledged', 'fixed'] as const
export const FINDING_ID = z
  .string()
  .regex(/^SAMPLE-[0-9a-f]{6}-\d{4}$/)
  .describe('Id of a finding, such as SAMPLE-1a2b3c-0001')

/** One security finding. Ids start with SAMPLE, so that nobody mistakes one for a published advisory. */
export const FINDING = z.object({
  id: FINDING_ID,
  kind: z.enum(KINDS).describe('A package with a known weakness, or a line of the repository itself'),
  title: z.string(),
  severity: z.enum(SEVERITIES),
  status: z.enum(STATUSES),
  repository: z.string(),
  location: z.string().describe('The file and line, or the manifest that brings the package'),
  package: z.string().nullable(),
  version: z.string().nullable(),
  fixedIn: z.string().nullable(),
  cve: z.string().nullable().describe('Id of the made-up CVE, for list_cves'),
  description: z.string(),
  firstSeen: z.string(),
  acknowledgedBy: z.string().nullable(),
  acknowledgedAt: z.string().nullable(),
  note: z.string().nullable(),
})

export type Finding = z.infer<typeof FINDING>
