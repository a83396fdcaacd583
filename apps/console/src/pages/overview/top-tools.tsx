import { Progress, Table, Text } from '@mantine/core'
import { AuditLink } from './audit-link.tsx'
import { sayCount } from './numbers.ts'
import type { Range, ToolTally } from './overview-query.ts'
import { Panel } from './panel.tsx'

interface TopToolsProps {
  readonly tools: readonly ToolTally[]
  readonly range: Range
}

export function TopTools({ tools, range }: TopToolsProps) {
  const most = Math.max(1, ...tools.map(({ calls }) => calls))
  return (
    <Panel
      title="Tools that are called most"
      empty={tools.length === 0 ? 'No tool was called in this time.' : undefined}
    >
      <Table aria-label="Tools that are called most" verticalSpacing={6} horizontalSpacing={6} layout="fixed">
        <Table.Thead>
          <Table.Tr>
            <Table.Th scope="col">Tool</Table.Th>
            <Table.Th scope="col" ta="right" w={70}>
              Calls
            </Table.Th>
            <Table.Th scope="col" ta="right" w={76}>
              Refused
            </Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {tools.map(({ server, tool, calls, denied, faults }) => (
            <Table.Tr key={`${server} ${tool}`}>
              <Table.Td>
                <AuditLink search={{ target: tool, server, range }}>
                  <span className="mono">{tool}</span>
                </AuditLink>{' '}
                <Text span size="xs" c="dimmed">
                  on {server}
                </Text>
                <Progress value={(100 * calls) / most} size={4} mt={3} aria-hidden />
              </Table.Td>
              <Table.Td ta="right">{sayCount(calls)}</Table.Td>
              <Table.Td ta="right">{sayCount(denied + faults)}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Panel>
  )
}
