import { Stack, Text } from '@mantine/core'
import { IconKeyOff, IconRefresh } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { ActionsCell, RecordCell, RecordRow, RecordTable } from '../../ui/record-table.tsx'
import { RowMenu } from '../../ui/row-menu.tsx'
import type { RowAction } from '../../ui/row-menu.tsx'
import { Time } from '../../ui/time.tsx'
import { describeScopes } from './token-scopes.ts'
import { TokenStatus } from './token-status.tsx'
import type { McpToken } from './tokens-queries.ts'

interface TokenTableProps {
  readonly tokens: readonly McpToken[]
  /** As whom the signed-in person holds tokens; null for the operator. */
  readonly ownMemberId: string | null | undefined
  readonly onRotate: (token: McpToken) => void
  readonly onRevoke: (token: McpToken) => void
}

const timeOf = (text: string | null) => (text === null ? null : Date.parse(text))

const COLUMNS = ['Name', 'Held by', 'May call', 'Created', 'Last used', 'Expires', 'Status']

export function TokenTable({ tokens, ownMemberId, onRotate, onRevoke }: TokenTableProps) {
  /** Whoever rotates a token has its successor in hand: of a held one that is the holder alone. */
  const canRotate = (token: McpToken) =>
    token.replaced_by === null && (token.holder === 'teamspace' || token.holder_member_id === ownMemberId)
  const actionsOf = (token: McpToken): readonly RowAction[] => [
    ...(canRotate(token) ? [{ label: 'Rotate', Icon: IconRefresh, onClick: () => onRotate(token) }] : []),
    { label: 'Revoke', Icon: IconKeyOff, isDangerous: true, onClick: () => onRevoke(token) },
  ]
  return (
    <RecordTable label="MCP tokens" columns={COLUMNS} hasActions>
      {tokens.map((token) => (
        <RecordRow key={token.id}>
          <RecordCell>
            <TwoLines first={token.name} second={<span className="mono">{token.prefix}…</span>} isBold />
          </RecordCell>
          <RecordCell label="Held by">{holderOf(token, ownMemberId)}</RecordCell>
          <RecordCell label="May call">
            <TwoLines first={describeScopes(token.tool_scopes)} second={`as ${token.role}`} />
          </RecordCell>
          <RecordCell label="Created">
            <TwoLines first={<Time at={Date.parse(token.created_at)} />} second={`by ${token.created_by}`} />
          </RecordCell>
          <RecordCell label="Last used" isShort>
            <Time at={timeOf(token.last_used_at)} />
          </RecordCell>
          <RecordCell label="Expires" isShort>
            <Time at={timeOf(token.expires_at)} />
          </RecordCell>
          <RecordCell label="Status">
            <TokenStatus token={token} />
          </RecordCell>
          <ActionsCell>
            {token.usable && <RowMenu label={`Actions for ${token.name}`} actions={actionsOf(token)} />}
          </ActionsCell>
        </RecordRow>
      ))}
    </RecordTable>
  )
}

interface TwoLinesProps {
  readonly first: ReactNode
  readonly second: ReactNode
  readonly isBold?: boolean
}

const TwoLines = ({ first, second, isBold = false }: TwoLinesProps) => (
  <Stack
    gap={0}
    component="span"
    display="inline-flex"
    maw={230}
    style={{ verticalAlign: 'top', overflowWrap: 'break-word' }}
  >
    <Text span inherit fw={isBold ? 550 : 400}>
      {first}
    </Text>
    <Text span size="xs" c="dimmed">
      {second}
    </Text>
  </Stack>
)

function holderOf({ holder, holder_member_id, created_by }: McpToken, ownMemberId: string | null | undefined): string {
  if (holder === 'teamspace') return 'teamspace'
  return holder_member_id === ownMemberId ? 'you' : created_by // whoever holds a token has minted it
}
