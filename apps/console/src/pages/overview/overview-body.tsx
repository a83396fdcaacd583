import { Button, SimpleGrid, Stack } from '@mantine/core'
import { IconPlugConnected } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { useMemo } from 'react'
import { useTeamspace } from '../../session/use-teamspace.ts'
import { EmptyState } from '../../ui/empty-state.tsx'
import { LineChart } from '../../ui/line-chart.tsx'
import type { Series } from '../../ui/series.ts'
import { LastCalls } from './last-calls.tsx'
import { sayMark, sayMs } from './numbers.ts'
import type { Overview } from './overview-query.ts'
import { Refusals } from './refusals.tsx'
import { Tiles } from './tiles.tsx'
import { TopTools } from './top-tools.tsx'

export function OverviewBody({ overview }: { readonly overview: Overview }) {
  const { totals, previous, lastCalls } = overview
  const calls = useMemo(() => callSeries(overview), [overview])
  const latency = useMemo(() => latencySeries(overview), [overview])
  if (totals.calls === 0 && previous.calls === 0 && lastCalls.length === 0) return <NoCalls />
  return (
    <Stack gap="md">
      <Tiles overview={overview} />
      <SimpleGrid cols={{ base: 1, lg: 2 }}>
        <LineChart title="Calls" series={calls} />
        <LineChart title="How long calls took" series={latency} />
        <TopTools tools={overview.tools} range={overview.range} />
        <Refusals refusals={overview.refusals} range={overview.range} />
      </SimpleGrid>
      <LastCalls calls={lastCalls} />
    </Stack>
  )
}

const callSeries = ({ series, stepSeconds }: Overview): Series => ({
  at: series.at,
  stepSeconds,
  format: sayMark,
  least: 4,
  lines: [
    { label: 'All', values: series.calls, color: 'cyan', isFilled: true },
    { label: 'Refused', values: series.denied, color: 'red', dash: [6, 3], hidesZero: true },
    { label: 'Faults', values: series.faults, color: 'orange', dash: [2, 3], hidesZero: true },
  ],
})

const latencySeries = ({ series, stepSeconds }: Overview): Series => ({
  at: series.at,
  stepSeconds,
  format: sayMs,
  least: 10,
  lines: [
    { label: 'Half of them (p50)', values: series.p50, color: 'cyan', spansGaps: true },
    { label: 'p95', values: series.p95, color: 'grape', dash: [6, 3], spansGaps: true },
    { label: 'p99', values: series.p99, color: 'orange', dash: [2, 3], spansGaps: true },
  ],
})

function NoCalls() {
  const { slug, manages } = useTeamspace()
  return (
    <EmptyState
      Icon={IconPlugConnected}
      title="No call yet"
      says={
        manages
          ? 'The setup guide leads from the identity provider to the first call: connect it, bring your people in, and paste the address into an MCP client.'
          : 'The setup guide has the address to paste into your MCP client. Your first call will stand here.'
      }
    >
      <Button component={Link} to={`/t/${slug}/setup`}>
        To the setup guide
      </Button>
    </EmptyState>
  )
}
