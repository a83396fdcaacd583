import { Button, Group, Modal, Radio, SimpleGrid, Stack, Text } from '@mantine/core'
import { IconDownload } from '@tabler/icons-react'
import { useState } from 'react'
import { useTeamspace } from '../../session/use-teamspace.ts'
import { toQuery } from './audit-search.ts'
import type { AuditSearch } from './audit-search.ts'
import { TimeField } from './time-filter.tsx'

interface ExportModalProps {
  readonly isOpen: boolean
  readonly onClose: () => void
  readonly search: AuditSearch
}

const FORMATS = [
  {
    value: 'jsonl',
    label: 'JSON Lines',
    description: 'All of each row, with its hash',
  },
  { value: 'cef', label: 'CEF', description: 'For systems that watch security events' },
] as const

/** The rows of a time, whole: what else is looked for on the page does not count. The browser saves them as they come. */
export function ExportModal({ isOpen, onClose, search }: ExportModalProps) {
  return (
    <Modal opened={isOpen} onClose={onClose} title="Export" centered closeButtonProps={{ 'aria-label': 'Close' }}>
      <ExportForm onClose={onClose} search={search} />
    </Modal>
  )
}

function ExportForm({ onClose, search }: Omit<ExportModalProps, 'isOpen'>) {
  const { slug } = useTeamspace()
  const asked = toQuery(search, Date.now())
  const [format, setFormat] = useState<'jsonl' | 'cef'>('jsonl')
  const [since, setSince] = useState(asked.get('from') ?? undefined)
  const [until, setUntil] = useState(asked.get('until') ?? undefined)
  const query = new URLSearchParams({ format, ...(since && { since }), ...(until && { until }) })
  const name = `${slug}-audit-${new Date().toISOString().slice(0, 10)}.${format === 'cef' ? 'log' : 'jsonl'}`
  return (
    <Stack>
      <Radio.Group label="Format" value={format} onChange={(value) => setFormat(value === 'cef' ? 'cef' : 'jsonl')}>
        <Stack gap="xs" mt={6}>
          {FORMATS.map((each) => (
            <Radio key={each.value} {...each} />
          ))}
        </Stack>
      </Radio.Group>
      <SimpleGrid cols={{ base: 1, xs: 2 }}>
        <TimeField label="From" value={since} onChange={setSince} />
        <TimeField label="Until" value={until} onChange={setUntil} />
      </SimpleGrid>
      <Text size="sm" c="dimmed">
        Empty: from the first row, to the last. The rows hold e-mails, addresses and names of what was called, but no
        secret.
      </Text>
      <Group justify="flex-end">
        <Button variant="default" onClick={onClose}>
          Cancel
        </Button>
        <Button
          component="a"
          href={`/api/v1/teamspaces/${slug}/audit/export?${query}`}
          download={name}
          leftSection={<IconDownload size={16} aria-hidden />}
          onClick={onClose}
        >
          Download
        </Button>
      </Group>
    </Stack>
  )
}
