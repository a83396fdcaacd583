import { z } from 'zod'
import { FINDING, FINDING_ID } from '../store/finding.ts'
import { FINDING_FILTER } from './finding-filter.ts'
import { byId, NEXT_CURSOR, pageInput, pageOf } from './paging.ts'
import { READ_ONLY, tool } from './tool.ts'

const output = z.object({ findings: z.array(FINDING), nextCursor: NEXT_CURSOR })

export const listFindings = tool({
  name: 'list_findings',
  title: 'List findings',
  description:
    'Security findings of your teamspace, page by page, filtered by kind, severity, status, repository and package.',
  input: FINDING_FILTER.extend(pageInput(100).shape),
  output,
  annotations: READ_ONLY,
  run({ cursor, limit, ...filter }, { inventory }) {
    const { rows: findings, ...rest } = pageOf({ cursor, limit }, FINDING_ID, byId, (page) =>
      inventory.findings.list(filter, page),
    )
    return { findings, ...rest }
  },
})

export const searchFindings = tool({
  name: 'search_findings',
  title: 'Search findings',
  description: 'Findings whose title, description, package, repository, location or CVE contains the given words.',
  input: pageInput(100).extend({ text: z.string().min(2).max(200).describe('Words as they are written') }),
  output,
  annotations: READ_ONLY,
  run({ text, ...asked }, { inventory }) {
    const { rows: findings, ...rest } = pageOf(asked, FINDING_ID, byId, (page) => inventory.findings.search(text, page))
    return { findings, ...rest }
  },
})
