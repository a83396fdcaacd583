import { z } from 'zod'
import { ECOSYSTEMS } from './sbom-package.ts'
import { SEVERITIES } from './severity.ts'

export const CVE_ID = z
  .string()
  .regex(/^SAMPLE-CVE-[0-9a-f]{6}-\d{4}$/)
  .describe('Id of a made-up CVE, such as SAMPLE-CVE-1a2b3c-0001')

/** Made up, and no id of it has the form of a real one. */
export const CVE = z.object({
  id: CVE_ID,
  title: z.string(),
  description: z.string(),
  cwe: z.string(),
  severity: z.enum(SEVERITIES),
  score: z.number().describe('Like a CVSS base score, 0 to 10'),
  package: z.string(),
  ecosystem: z.enum(ECOSYSTEMS),
  fixedIn: z.string().describe('The first version without it'),
  publishedAt: z.string(),
})

export type Cve = z.infer<typeof CVE>

export const CVE_WITH_REPOSITORIES = CVE.extend({
  repositories: z.array(z.string()).describe('Where an affected version is in use'),
})

export type CveWithRepositories = z.infer<typeof CVE_WITH_REPOSITORIES>
