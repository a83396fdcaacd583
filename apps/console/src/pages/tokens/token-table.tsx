import { Stack, Text } from '@mantine/core'
import { RecordCell, RecordRow, RecordTable } from '../../ui/record-table.tsx'
import { Time } from '../../ui/time.tsx'
import { TokenActions } from './token-actions.tsx'
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

const COLUMNS = ['Name', 'Held by', 'May call', 'Last used', 'Expires', 'Status']

export function TokenTable({ tokens, ownMemberId, onRotate, onRevoke }: TokenTableProps) {
  return (
    <RecordTable label="MCP tokens" columns={COLUMNS} hasActions>
      {tokens.map((token) => (
        <RecordRow key={token.id}>
          <RecordCell>
            <TokenName token={token} />
          </RecordCell>
          <RecordCell label="Held by">{holderOf(token, ownMemberId)}</RecordCell>
          <RecordCell label="May call">
            <Text span size="sm">
              {describeScopes(token.tool_scopes)}, as {token.role}
            </Text>
          </RecordCell>
          <RecordCell label="Last used">
            <Time at={timeOf(token.last_used_at)} />
          </RecordCell>
          <RecordCell label="Expires">
            <Time at={timeOf(token.expires_at)} />
          </RecordCell>
          <RecordCell label="Status">
            <TokenStatus token={token} />
          </RecordCell>
          <RecordCell>
            {token.usable && (
              <TokenActions
                token={token}
                canRotate={
                  token.replaced_by === null && (token.holder === 'teamspace' || token.holder_member_id === ownMemberId)
                }
                onRotate={() => onRotate(token)}
                onRevoke={() => onRevoke(token)}
              />
            )}
          </RecordCell>
        </RecordRow>
      ))}
    </RecordTable>
  )
}

function TokenName({ token }: { readonly token: McpToken }) {
  return (
    <Stack gap={0} component="span" display="inline-flex">
      <Text span fw={550} style={{ overflowWrap: 'anywhere' }}>
        {token.name}
      </Text>
      <Text span size="xs" c="dimmed">
        <span className="mono">{token.prefix}…</span> by {token.created_by}, <Time at={Date.parse(token.created_at)} />
      </Text>
    </Stack>
  )
}

function holderOf({ holder, holder_member_id, created_by }: McpToken, ownMemberId: string | null | undefined): string {
  if (holder === 'teamspace') return 'the teamspace'
  return holder_member_id === ownMemberId ? 'you' : created_by // whoever holds a token has minted it
}
