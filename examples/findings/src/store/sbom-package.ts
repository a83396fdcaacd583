import { z } from 'zod'

export const ECOSYSTEMS = ['npm', 'pypi', 'maven', 'golang', 'cargo'] as const
export type Ecosystem = (typeof ECOSYSTEMS)[number]

export const PACKAGE_ID = z.string().regex(/^SAMPLE-PKG-[0-9a-f]{6}-\d{4}$/)

/** One package of the software bill of materials of one repository. */
export const SBOM_PACKAGE = z.object({
  id: PACKAGE_ID,
  name: z.string(),
  version: z.string(),
  ecosystem: z.enum(ECOSYSTEMS),
  purl: z.string().describe('Package URL'),
  license: z.string().describe('SPDX identifier'),
  relation: z.enum(['direct', 'transitive']),
  repository: z.string(),
})

export type SbomPackage = z.infer<typeof SBOM_PACKAGE>

export const SBOM_PACKAGE_WITH_CVES = SBOM_PACKAGE.extend({
  cves: z.array(z.string()).describe('Ids of the made-up CVEs that this version has'),
})

export type SbomPackageWithCves = z.infer<typeof SBOM_PACKAGE_WITH_CVES>
