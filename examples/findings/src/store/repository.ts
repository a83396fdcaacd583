import { z } from 'zod'

export const REPOSITORY_NAME = z
  .string()
  .max(100)
  .regex(/^[a-z0-9-]+\/[a-z0-9-]+$/)
  .describe('A repository as list_repositories names it: organisation/name')

export const REPOSITORY = z.object({
  name: REPOSITORY_NAME,
  url: z.string(),
  language: z.string(),
  defaultBranch: z.string(),
  visibility: z.enum(['private', 'internal', 'public']),
  lastScannedAt: z.string(),
})

export type Repository = z.infer<typeof REPOSITORY>

/** What `list_repositories` shows beside the row itself. */
export const REPOSITORY_OVERVIEW = REPOSITORY.extend({ packages: z.int(), openFindings: z.int() })

export type RepositoryOverview = z.infer<typeof REPOSITORY_OVERVIEW>
