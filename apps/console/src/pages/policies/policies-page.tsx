import { Skeleton, Stack } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useTeamspace } from '../../session/use-teamspace.ts'
import { PageHeader } from '../../ui/page-header.tsx'
import { ProblemAlert } from '../../ui/problem-alert.tsx'
import { Time } from '../../ui/time.tsx'
import { PolicyEditor } from './policy-editor.tsx'
import { policyQuery } from './policy-queries.ts'

export function PoliciesPage() {
  const { slug } = useTeamspace()
  const { data: saved, error } = useQuery(policyQuery(slug))
  return (
    <>
      <PageHeader
        title="Policies"
        about={
          <>
            Which tools, prompts and resources the people and tokens of this teamspace may use.{' '}
            {saved?.updatedAt !== undefined && (
              <>
                Version {saved.version}, saved <Time at={saved.updatedAt} /> by {saved.updatedBy}.
              </>
            )}
          </>
        }
      />
      <ProblemAlert error={saved ? undefined : error} />
      {saved && <PolicyEditor key={slug} saved={saved} />}
      {!saved && !error && <PolicySkeleton />}
    </>
  )
}

function PolicySkeleton() {
  return (
    <Stack gap="md" aria-hidden>
      <Skeleton height={36} width={300} />
      <Skeleton height={104} />
      {[0, 1, 2].map((row) => (
        <Skeleton key={row} height={84} />
      ))}
    </Stack>
  )
}
