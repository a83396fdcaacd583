import { z } from 'zod'
import { FINDING_ID } from '../store/finding.ts'
import { FINDING_FILTER } from './finding-filter.ts'
import { byId, NEXT_CURSOR, pageInput, pageOf } from './paging.ts'
import { READ_ONLY, tool } from './tool.ts'

const output = z.object({
  count: z.int(),
  lines: z.string().describe('Newline-delimited JSON, one finding a line'),
  nextCursor: NEXT_CURSOR,
})

export const exportFindings = tool({
  name: 'export_findings',
  title: 'Export findings',
  description: 'Findings as newline-delimited JSON, in large pages: for files and pipelines, not for reading.',
  input: FINDING_FILTER.extend(pageInput(250).shape),
  output,
  annotations: READ_ONLY,
  run({ cursor, limit, ...filter }, { inventory }) {
    const { rows, ...rest } = pageOf({ cursor, limit }, FINDING_ID, byId, (page) =>
      inventory.findings.list(filter, page),
    )
    return { count: rows.length, lines: rows.map((finding) => JSON.stringify(finding)).join('\n'), ...rest }
  },
  text: ({ lines }) => lines,
})
