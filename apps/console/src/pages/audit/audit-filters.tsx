import { Button, Collapse, Group, Paper, Select, SimpleGrid } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { IconFilter, IconSearch, IconX } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useTeamspace } from '../../session/use-teamspace.ts'
import { toolsQuery } from '../policies/policy-queries.ts'
import { countOf } from './audit-search.ts'
import type { AuditAddress, AuditSearch } from './audit-search.ts'
import { MemberPill } from './member-pill.tsx'
import { TextFilter } from '../../ui/text-filter.tsx'
import { TimeFilter } from './time-filter.tsx'

const NOTHING = {
  kind: undefined,
  decision: undefined,
  rule: undefined,
  server: undefined,
  target: undefined,
  email: undefined,
  member: undefined,
  text: undefined,
  range: undefined,
  from: undefined,
  until: undefined,
} as const

/** What the rows below are narrowed to. */
export function AuditFilters({ search, change }: AuditAddress) {
  const { slug } = useTeamspace()
  const { data: servers = [] } = useQuery(toolsQuery(slug))
  const { rule, server, target, email } = search
  const hidden = [rule, server, target, email].filter((value) => value !== undefined).length
  const [isOpen, { toggle }] = useDisclosure(hidden > 0)
  return (
    <Paper withBorder p="sm" component="search" aria-label="What is looked for">
      <SimpleGrid cols={{ base: 2, md: 4 }} spacing="sm" verticalSpacing="sm">
        <TextFilter
          label="Anywhere"
          placeholder="In any field"
          leftSection={<IconSearch size={16} aria-hidden />}
          value={search.text}
          onChange={(text) => change({ text })}
        />
        <TimeFilter search={search} change={change} />
        <Select
          label="Decision"
          placeholder="Any"
          data={DECISIONS}
          value={search.decision ?? null}
          onChange={(value) => change({ decision: (value ?? undefined) as AuditSearch['decision'] })}
          clearable
          clearButtonProps={{ 'aria-label': 'Any decision' }}
        />
        <Select
          label="Kind"
          placeholder="Any"
          data={KINDS}
          value={search.kind ?? null}
          onChange={(value) => change({ kind: (value ?? undefined) as AuditSearch['kind'] })}
          clearable
          clearButtonProps={{ 'aria-label': 'Any kind' }}
        />
      </SimpleGrid>
      <Collapse expanded={isOpen}>
        <SimpleGrid cols={{ base: 2, md: 4 }} spacing="sm" mt="sm">
          <TextFilter
            label="E-mail"
            placeholder="Part of it"
            value={email}
            onChange={(value) => change({ email: value })}
          />
          <Select
            label="Server"
            placeholder="Any"
            data={[...new Set([...servers.map((each) => each.server), ...(server === undefined ? [] : [server])])]}
            value={server ?? null}
            onChange={(value) => change({ server: value ?? undefined })}
            clearable
            clearButtonProps={{ 'aria-label': 'Any server' }}
          />
          <TextFilter
            label="Tool, prompt or resource"
            placeholder="Its whole name"
            value={target}
            onChange={(value) => change({ target: value })}
          />
          <TextFilter
            label="Code or rule"
            placeholder="token_expired"
            value={rule}
            onChange={(value) => change({ rule: value })}
          />
        </SimpleGrid>
      </Collapse>
      <Group mt="sm" gap="xs">
        <Button
          size="compact-sm"
          variant="subtle"
          leftSection={<IconFilter size={14} aria-hidden />}
          onClick={toggle}
          aria-expanded={isOpen}
        >
          {isOpen ? 'Fewer filters' : 'More filters'}
        </Button>
        {search.member !== undefined && (
          <MemberPill id={search.member} onRemove={() => change({ member: undefined })} />
        )}
        {countOf(search) > 0 && (
          <Button
            size="compact-sm"
            variant="subtle"
            color="gray"
            leftSection={<IconX size={14} aria-hidden />}
            onClick={() => change(NOTHING)}
          >
            Clear all
          </Button>
        )}
      </Group>
    </Paper>
  )
}

const DECISIONS = [
  { value: 'allowed', label: 'Allowed' },
  { value: 'denied', label: 'Denied' },
  { value: 'fault', label: 'Fault: something failed' },
]

const KINDS = [
  { value: 'call', label: 'Calls' },
  { value: 'admin', label: 'Changes' },
  { value: 'attempt', label: 'Announced calls' },
]
