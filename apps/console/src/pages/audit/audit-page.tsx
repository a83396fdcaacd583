import { Button, Group, Switch, Text } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { IconDownload, IconLock, IconShieldCheck } from '@tabler/icons-react'
import { useInfiniteQuery } from '@tanstack/react-query'
import { useTeamspace } from '../../session/use-teamspace.ts'
import { EmptyState } from '../../ui/empty-state.tsx'
import { PageHeader } from '../../ui/page-header.tsx'
import { ProblemAlert } from '../../ui/problem-alert.tsx'
import { AuditDrawer } from './audit-drawer.tsx'
import { AuditFilters } from './audit-filters.tsx'
import { AuditTable } from './audit-table.tsx'
import { ChainModal } from './chain-modal.tsx'
import { ExportModal } from './export-modal.tsx'
import { trailQuery } from './audit-queries.ts'
import { countOf, useAuditSearch } from './audit-search.ts'
import { useNews } from './use-news.ts'

export function AuditPage() {
  const { manages } = useTeamspace()
  return manages ? <AuditTrail /> : <NotYours />
}

const NotYours = () => (
  <>
    <PageHeader title="Audit" />
    <EmptyState
      Icon={IconLock}
      title="For owners and admins"
      says="The trail tells what everybody did. Your own last calls are on the overview; an admin can look up one call for you by its request id."
    />
  </>
)

function AuditTrail() {
  const { slug } = useTeamspace()
  const { search, change } = useAuditSearch()
  const [isFollowed, following] = useDisclosure(false)
  const [isExporting, exporting] = useDisclosure(false)
  const [isVerifying, verifying] = useDisclosure(false)
  const trail = useInfiniteQuery(trailQuery(slug, search))
  const news = useNews(slug, search, trail.data?.pages[0]?.newer, isFollowed && search.until === undefined)
  const events = [...news.events, ...(trail.data?.pages.flatMap((page) => page.events) ?? [])]
  return (
    <>
      <PageHeader title="Audit" about="Every call of this teamspace, refused ones included, and every change to it.">
        <Button variant="default" leftSection={<IconShieldCheck size={16} aria-hidden />} onClick={verifying.open}>
          Verify
        </Button>
        <Button variant="default" leftSection={<IconDownload size={16} aria-hidden />} onClick={exporting.open}>
          Export
        </Button>
      </PageHeader>
      <AuditFilters search={search} change={change} />
      <Group justify="space-between" mt="md" mb="xs" mih={28}>
        <Text size="sm" c="dimmed" role="status">
          {news.isStuck && 'New rows cannot be fetched; trying on. '}
          {news.events.length > 0 && `${news.events.length} new ${news.events.length === 1 ? 'row' : 'rows'}`}
        </Text>
        {search.until === undefined && (
          <Switch label="Follow live" checked={isFollowed} onChange={following.toggle} labelPosition="left" />
        )}
      </Group>
      <ProblemAlert error={trail.error} mb="md" />
      <AuditTable
        events={events}
        trail={trail}
        isFiltered={countOf(search) > 0}
        opened={search.open}
        onOpen={(open) => change({ open })}
      />
      <AuditDrawer events={events} opened={search.open} onClose={() => change({ open: undefined })} />
      <ExportModal isOpen={isExporting} onClose={exporting.close} search={search} />
      <ChainModal isOpen={isVerifying} onClose={verifying.close} />
    </>
  )
}
