import { Table } from '@mantine/core'
import { Called } from '../../ui/called.tsx'
import { DecisionMark } from '../../ui/decision-mark.tsx'
import { Time } from '../../ui/time.tsx'
import { useTeamspace } from '../../session/use-teamspace.ts'
import { AuditLink } from './audit-link.tsx'
import { sayMs } from './numbers.ts'
import type { LastCall } from './overview-query.ts'
import { Panel } from './panel.tsx'

export function LastCalls({ calls }: { readonly calls: readonly LastCall[] }) {
  const { manages } = useTeamspace()
  const title = manages ? 'The last calls' : 'Your last calls'
  return (
    <Panel title={title} empty={calls.length === 0 ? 'No calls are kept.' : undefined}>
      <Table className="stack-on-phone" aria-label={title} verticalSpacing={6} horizontalSpacing={6}>
        <Table.Thead>
          <Table.Tr>
            {['When', 'Decision', 'Who', 'What', 'Why', 'Took'].map((heading) => (
              <Table.Th key={heading} scope="col">
                {heading}
              </Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {calls.map((call) => (
            <LastCallRow key={call.requestId} call={call} />
          ))}
        </Table.Tbody>
      </Table>
    </Panel>
  )
}

function LastCallRow({ call }: { readonly call: LastCall }) {
  const { requestId, at, decision = 'fault', email, principal, rule, durationMs } = call
  return (
    <Table.Tr>
      <Table.Td data-label="When" style={{ whiteSpace: 'nowrap' }}>
        <AuditLink search={{ open: requestId }}>
          <Time at={at} />
        </AuditLink>
      </Table.Td>
      <Table.Td data-label="Decision">
        <DecisionMark decision={decision} />
      </Table.Td>
      <Table.Td data-label="Who" style={{ overflowWrap: 'anywhere' }}>
        {email ?? WHO[principal ?? ''] ?? 'nobody known'}
      </Table.Td>
      <Table.Td data-label="What">
        <Called {...call} />
      </Table.Td>
      <Table.Td data-label="Why">
        <span className="mono">{rule}</span>
      </Table.Td>
      <Table.Td data-label="Took" style={{ whiteSpace: 'nowrap' }}>
        {durationMs !== undefined && sayMs(durationMs)}
      </Table.Td>
    </Table.Tr>
  )
}

const WHO: Readonly<Record<string, string>> = {
  mcp_token: 'an MCP token',
  gateway: 'the gateway in front',
  anonymous: 'anybody',
}
