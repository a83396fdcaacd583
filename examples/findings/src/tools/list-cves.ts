import { z } from 'zod'
import { CVE_ID, CVE_WITH_REPOSITORIES } from '../store/cve.ts'
import { ECOSYSTEMS } from '../store/sbom-package.ts'
import { SEVERITIES } from '../store/severity.ts'
import { byId, NEXT_CURSOR, pageInput, pageOf } from './paging.ts'
import { READ_ONLY, tool } from './tool.ts'

export const listCves = tool({
  name: 'list_cves',
  title: 'List CVEs',
  description: 'The (made-up) CVEs that affect packages of your teamspace, and the repositories where they do.',
  input: pageInput(100).extend({
    id: CVE_ID.optional(),
    severity: z.enum(SEVERITIES).optional(),
    ecosystem: z.enum(ECOSYSTEMS).optional(),
    package: z.string().max(100).optional().describe('Name of a package, whole'),
  }),
  output: z.object({ cves: z.array(CVE_WITH_REPOSITORIES), nextCursor: NEXT_CURSOR }),
  annotations: READ_ONLY,
  run({ cursor, limit, ...filter }, { inventory }) {
    const { rows: cves, ...rest } = pageOf({ cursor, limit }, CVE_ID, byId, (page) => inventory.cves.list(filter, page))
    return { cves, ...rest }
  },
})
