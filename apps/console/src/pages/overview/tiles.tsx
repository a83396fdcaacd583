import { Group, Paper, SimpleGrid, Text } from '@mantine/core'
import { IconArrowDownRight, IconArrowRight, IconArrowUpRight } from '@tabler/icons-react'
import { changeOf, refusedShare, sayCount, sayMs, sayShare } from './numbers.ts'
import type { Change } from './numbers.ts'
import type { Overview, Range } from './overview-query.ts'

const BEFORE: Readonly<Record<Range, string>> = {
  '1h': 'the hour before',
  '24h': 'the 24 hours before',
  '7d': 'the 7 days before',
  '30d': 'the 30 days before',
}

/** The range in four numbers, each beside what it was before. */
export function Tiles({ overview: { totals, previous, openStreams, range } }: { readonly overview: Overview }) {
  const [share, shareBefore] = [refusedShare(totals), refusedShare(previous)]
  const before = BEFORE[range]
  const hadCalls = previous.calls > 0
  return (
    <SimpleGrid cols={{ base: 2, md: 4 }} component="dl" m={0}>
      <Tile
        label="Calls"
        value={sayCount(totals.calls)}
        change={changeOf(totals.calls, previous.calls)}
        compared={hadCalls ? `${sayCount(previous.calls)} in ${before}` : `none in ${before}`}
      />
      <Tile
        label="Refused or failed"
        value={sayShare(share)}
        change={changeOf(share, shareBefore)}
        compared={hadCalls ? `${sayShare(shareBefore)} in ${before}` : `no calls in ${before}`}
      />
      <Tile
        label="95% took at most"
        value={totals.p95 === null ? '–' : sayMs(totals.p95)}
        change={changeOf(totals.p95, previous.p95)}
        compared={previous.p95 === null ? `no calls in ${before}` : `${sayMs(previous.p95)} in ${before}`}
      />
      <Tile label="Open streams" value={sayCount(openStreams)} compared="now, of this process" />
    </SimpleGrid>
  )
}

interface TileProps {
  readonly label: string
  readonly value: string
  readonly change?: Change | undefined
  readonly compared: string
}

const ARROWS = { up: IconArrowUpRight, down: IconArrowDownRight, same: IconArrowRight } as const

function Tile({ label, value, change, compared }: TileProps) {
  const Arrow = change && ARROWS[change.direction]
  return (
    <Paper withBorder p="md" mih={104}>
      <Text component="dt" size="sm" c="dimmed">
        {label}
      </Text>
      <Group component="dd" m={0} gap={8} align="baseline">
        <Text span size="xl" fw={700} lh={1.3}>
          {value}
        </Text>
        {change && Arrow && (
          <Text span size="xs" style={{ whiteSpace: 'nowrap' }}>
            <Arrow size={13} aria-hidden style={{ verticalAlign: '-2px' }} /> {change.says}
          </Text>
        )}
      </Group>
      <Text component="dd" m={0} size="xs" c="dimmed">
        {compared}
      </Text>
    </Paper>
  )
}
