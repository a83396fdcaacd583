import { SegmentedControl, SimpleGrid, Skeleton } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { useTeamspace } from '../../session/use-teamspace.ts'
import { PageHeader } from '../../ui/page-header.tsx'
import { ProblemAlert } from '../../ui/problem-alert.tsx'
import { OverviewBody } from './overview-body.tsx'
import { overviewQuery, RANGE_LABELS, RANGES } from './overview-query.ts'
import type { Range } from './overview-query.ts'

export function OverviewPage() {
  const { slug, name } = useTeamspace()
  const { range = '24h', setRange } = useRange()
  const { data, error } = useQuery(overviewQuery(slug, range))
  return (
    <>
      <PageHeader title="Overview" about={`What happens to the calls of ${name}, as it happens.`}>
        <SegmentedControl
          aria-label="How far back"
          value={range}
          onChange={(value) => setRange(value as Range)}
          data={RANGES.map((value) => ({ value, label: RANGE_LABELS[value] }))}
        />
      </PageHeader>
      <ProblemAlert error={error} mb="md" />
      {data && <OverviewBody overview={data} />}
      {!data && !error && <OverviewSkeleton />}
    </>
  )
}

/** In the address: whoever comes back, or is sent it, sees the same. */
function useRange() {
  const search = useSearch({ strict: false }) as Readonly<Record<string, unknown>>
  const navigate = useNavigate()
  return {
    range: RANGES.find((each) => each === search['range']),
    setRange: (range: Range) =>
      void navigate({ to: '.', search: { range } as never, replace: true, resetScroll: false }),
  }
}

const OverviewSkeleton = () => (
  <div aria-hidden>
    <SimpleGrid cols={{ base: 2, md: 4 }} mb="md">
      {[0, 1, 2, 3].map((tile) => (
        <Skeleton key={tile} height={104} />
      ))}
    </SimpleGrid>
    <SimpleGrid cols={{ base: 1, lg: 2 }}>
      {[0, 1, 2, 3].map((part) => (
        <Skeleton key={part} height={300} />
      ))}
    </SimpleGrid>
  </div>
)
