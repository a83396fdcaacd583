import { z } from 'zod'
import { REPOSITORY_NAME, REPOSITORY_OVERVIEW, type RepositoryOverview } from '../store/repository.ts'
import { NEXT_CURSOR, pageInput, pageOf } from './paging.ts'
import { READ_ONLY, tool } from './tool.ts'

export const listRepositories = tool({
  name: 'list_repositories',
  title: 'List repositories',
  description: 'The repositories that are scanned for your teamspace, with their packages and open findings counted.',
  input: pageInput(100).extend({
    language: z.string().max(50).optional().describe('Such as TypeScript, as it is written'),
    visibility: REPOSITORY_OVERVIEW.shape.visibility.optional(),
  }),
  output: z.object({ repositories: z.array(REPOSITORY_OVERVIEW), nextCursor: NEXT_CURSOR }),
  annotations: READ_ONLY,
  run({ cursor, limit, ...filter }, { inventory }) {
    const { rows: repositories, ...rest } = pageOf(
      { cursor, limit },
      REPOSITORY_NAME,
      ({ name }: RepositoryOverview) => name,
      (page) => inventory.repositories.list(filter, page),
    )
    return { repositories, ...rest }
  },
})
