import { Drawer } from '@mantine/core'
import { AdminChange } from './admin-change.tsx'
import type { AuditEntry } from './audit-queries.ts'
import { idOf } from './audit-table.tsx'
import { CallDecision } from './call-decision.tsx'

interface AuditDrawerProps {
  readonly events: readonly AuditEntry[]
  readonly opened: string | undefined
  readonly onClose: () => void
}

/** All that is known of one row. A call that is in no list here, such as one of a shared address, is asked for by its id. */
export function AuditDrawer({ events, opened, onClose }: AuditDrawerProps) {
  const entry = opened === undefined ? undefined : events.find((each) => idOf(each) === opened)
  const isChange = entry?.kind === 'admin'
  return (
    <Drawer
      opened={opened !== undefined}
      onClose={onClose}
      position="right"
      size={600}
      title={isChange ? 'A change' : 'A call'}
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      {isChange && <AdminChange entry={entry} />}
      {opened !== undefined && !isChange && <CallDecision requestId={opened} />}
    </Drawer>
  )
}
