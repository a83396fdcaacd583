import { z } from 'zod'
import { REPOSITORY_NAME } from '../store/repository.ts'
import { ECOSYSTEMS, PACKAGE_ID, SBOM_PACKAGE_WITH_CVES } from '../store/sbom-package.ts'
import { byId, NEXT_CURSOR, pageInput, pageOf } from './paging.ts'
import { READ_ONLY, tool } from './tool.ts'

export const listSbomPackages = tool({
  name: 'list_sbom_packages',
  title: 'List SBOM packages',
  description:
    'The software bill of materials of your teamspace: packages with version, purl, license and known CVEs, by repository.',
  input: pageInput(100).extend({
    text: z.string().min(2).max(200).optional().describe('Part of the name or purl'),
    repository: REPOSITORY_NAME.optional(),
    ecosystem: z.enum(ECOSYSTEMS).optional(),
    relation: z.enum(['direct', 'transitive']).optional(),
    license: z.string().max(100).optional().describe('SPDX identifier, whole'),
  }),
  output: z.object({ packages: z.array(SBOM_PACKAGE_WITH_CVES), nextCursor: NEXT_CURSOR }),
  annotations: READ_ONLY,
  run({ cursor, limit, text, ...filter }, { inventory }) {
    const { rows: packages, ...rest } = pageOf({ cursor, limit }, PACKAGE_ID, byId, (page) =>
      inventory.packages.list(filter, text, page),
    )
    return { packages, ...rest }
  },
})
