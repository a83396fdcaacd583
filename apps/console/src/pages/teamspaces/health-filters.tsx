import { Group, SegmentedControl, Switch } from '@mantine/core'
import { IconSearch } from '@tabler/icons-react'
import { TextFilter } from '../../ui/text-filter.tsx'
import { RANGE_LABELS, RANGES } from '../overview/overview-query.ts'
import type { Range } from '../overview/overview-query.ts'
import type { HealthSearch } from './health.ts'

interface HealthFiltersProps {
  readonly search: HealthSearch
  readonly change: (next: Partial<HealthSearch>) => void
}

export function HealthFilters({ search: { range, search, troubled }, change }: HealthFiltersProps) {
  return (
    <Group component="search" aria-label="What is shown" mb="sm" gap="md">
      <TextFilter
        type="search"
        aria-label="Search by name or slug"
        placeholder="Search by name or slug"
        leftSection={<IconSearch size={16} aria-hidden />}
        value={search}
        onChange={(text) => change({ search: text })}
        flex="1 1 220px"
        maw={360}
      />
      <Switch
        label="Only with trouble"
        checked={troubled}
        onChange={(event) => change({ troubled: event.currentTarget.checked })}
      />
      <SegmentedControl
        aria-label="How far back calls are counted"
        value={range}
        onChange={(value) => change({ range: value as Range })}
        data={RANGES.map((value) => ({ value, label: RANGE_LABELS[value] }))}
        ml={{ base: 0, sm: 'auto' }}
      />
    </Group>
  )
}
