import { z } from 'zod'
import { KINDS, STATUSES } from '../store/finding.ts'
import { REPOSITORY_NAME } from '../store/repository.ts'
import { SEVERITIES } from '../store/severity.ts'

export const FINDING_FILTER = z.object({
  kind: z.enum(KINDS).optional(),
  severity: z.enum(SEVERITIES).optional(),
  status: z.enum(STATUSES).optional(),
  repository: REPOSITORY_NAME.optional(),
  package: z.string().max(100).optional().describe('Name of a package, whole'),
})
