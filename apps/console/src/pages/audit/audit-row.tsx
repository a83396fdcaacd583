import { Table, Tooltip, UnstyledButton } from '@mantine/core'
import { Called } from '../../ui/called.tsx'
import { DecisionMark } from '../../ui/decision-mark.tsx'
import { exactTime, timeAgo } from '../../ui/time.tsx'
import type { AuditEntry } from './audit-queries.ts'
import { sayAction, sayWho } from './row-words.ts'
import type { TokenNames } from './row-words.ts'

interface AuditRowProps {
  readonly entry: AuditEntry
  readonly tokenNames: TokenNames
  readonly isOpen: boolean
  readonly onOpen: () => void
}

/** The time is the button; for the pointer all of the row is. */
export function AuditRow({ entry, tokenNames, isOpen, onOpen }: AuditRowProps) {
  const isCall = entry.kind !== 'admin'
  return (
    <Table.Tr
      onClick={onOpen}
      style={{ cursor: 'pointer' }}
      {...(isOpen && { bg: 'var(--mantine-color-default-hover)' })}
    >
      <Table.Td data-label="When" style={{ whiteSpace: 'nowrap' }}>
        <Tooltip label={exactTime(entry.at)}>
          <UnstyledButton
            fz="sm"
            mih={24}
            td="underline"
            onClick={(event) => {
              event.stopPropagation()
              onOpen()
            }}
            aria-label={`${timeAgo(entry.at)}, ${exactTime(entry.at)}: open`}
          >
            {timeAgo(entry.at)}
          </UnstyledButton>
        </Tooltip>
      </Table.Td>
      <Table.Td data-label="Decision">
        <DecisionMark decision={isCall ? (entry.decision ?? 'fault') : 'change'} />
      </Table.Td>
      <Table.Td data-label="Who" style={{ overflowWrap: 'anywhere' }}>
        {sayWho(entry, tokenNames)}
      </Table.Td>
      <Table.Td data-label="What">{isCall ? <Called {...entry} /> : sayAction(entry.action ?? '')}</Table.Td>
      <Table.Td {...(isCall && { 'data-label': 'Why' })}>
        {isCall && <span className="mono">{entry.rule}</span>}
      </Table.Td>
      <Table.Td {...(isCall && { 'data-label': 'Took' })} style={{ whiteSpace: 'nowrap' }}>
        {entry.durationMs !== undefined && `${entry.durationMs} ms`}
      </Table.Td>
    </Table.Tr>
  )
}
