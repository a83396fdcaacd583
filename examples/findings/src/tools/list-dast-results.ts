import { z } from 'zod'
import { DAST_ID, DAST_RESULT, DAST_STATUSES } from '../store/dast-result.ts'
import { REPOSITORY_NAME } from '../store/repository.ts'
import { SEVERITIES } from '../store/severity.ts'
import { byId, NEXT_CURSOR, pageInput, pageOf } from './paging.ts'
import { READ_ONLY, tool } from './tool.ts'

export const listDastResults = tool({
  name: 'list_dast_results',
  title: 'List DAST results',
  description: 'What dynamic scans saw from outside the running services of your teamspace.',
  input: pageInput(100).extend({
    severity: z.enum(SEVERITIES).optional(),
    status: z.enum(DAST_STATUSES).optional(),
    repository: REPOSITORY_NAME.optional(),
  }),
  output: z.object({ results: z.array(DAST_RESULT), nextCursor: NEXT_CURSOR }),
  annotations: READ_ONLY,
  run({ cursor, limit, ...filter }, { inventory }) {
    const { rows: results, ...rest } = pageOf({ cursor, limit }, DAST_ID, byId, (page) =>
      inventory.dastResults.list(filter, page),
    )
    return { results, ...rest }
  },
})
