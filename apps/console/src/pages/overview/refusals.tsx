import { Table, Text } from '@mantine/core'
import { DecisionMark } from '../../ui/decision-mark.tsx'
import { AuditLink } from './audit-link.tsx'
import { sayCount } from './numbers.ts'
import type { Range, Refusal } from './overview-query.ts'
import { Panel } from './panel.tsx'

interface RefusalsProps {
  readonly refusals: readonly Refusal[]
  readonly range: Range
}

/** Why calls did not go through, in plain words. */
export function Refusals({ refusals, range }: RefusalsProps) {
  return (
    <Panel
      title="Why calls were refused"
      empty={refusals.length === 0 ? 'No call was refused, and none failed.' : undefined}
    >
      <Table aria-label="Why calls were refused" verticalSpacing={6} horizontalSpacing={6}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th scope="col">Reason</Table.Th>
            <Table.Th scope="col">Kind</Table.Th>
            <Table.Th scope="col" ta="right">
              Calls
            </Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {refusals.map(({ code, says, decision, calls }) => (
            <Table.Tr key={code}>
              <Table.Td>
                <Text size="sm">{says}</Text>
                <AuditLink search={{ rule: code, range }}>
                  <span className="mono">{code}</span>
                </AuditLink>
              </Table.Td>
              <Table.Td>
                <DecisionMark decision={decision} />
              </Table.Td>
              <Table.Td ta="right">{sayCount(calls)}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Panel>
  )
}
