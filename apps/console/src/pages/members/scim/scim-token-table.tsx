import { Badge, Button, Stack, Text } from '@mantine/core'
import { ActionsCell, RecordCell, RecordRow, RecordTable } from '../../../ui/record-table.tsx'
import { Time } from '../../../ui/time.tsx'
import { IDENTIFIERS } from '../people/identifiers.ts'
import type { ScimToken } from './scim-queries.ts'

interface ScimTokenTableProps {
  readonly tokens: readonly ScimToken[]
  readonly onRevoke: (token: ScimToken) => void
}

const timeOf = (text: string | null) => (text === null ? null : Date.parse(text))

export function ScimTokenTable({ tokens, onRevoke }: ScimTokenTableProps) {
  return (
    <RecordTable
      label="SCIM tokens"
      columns={['Name', 'People of', 'Created', 'Last used', 'Ends', 'Status']}
      hasActions
    >
      {tokens.map((token) => (
        <RecordRow key={token.id}>
          <RecordCell>
            <Stack gap={0} component="span" display="inline-flex">
              <Text span inherit fw={550}>
                {token.name}
              </Text>
              <Text span size="xs" c="dimmed" className="mono">
                {token.prefix}…
              </Text>
            </Stack>
          </RecordCell>
          <RecordCell label="People of">{IDENTIFIERS[token.connection].connection}</RecordCell>
          <RecordCell label="Created">
            <Time at={timeOf(token.created_at)} /> by {token.created_by}
          </RecordCell>
          <RecordCell label="Last used" isShort>
            <Time at={timeOf(token.last_used_at)} />
          </RecordCell>
          <RecordCell label="Ends" isShort>
            <Time at={timeOf(token.expires_at)} />
          </RecordCell>
          <RecordCell label="Status">
            <Status token={token} />
          </RecordCell>
          <ActionsCell>
            {token.usable && (
              <Button
                variant="subtle"
                color="red"
                size="compact-sm"
                aria-label={`Revoke ${token.name}`}
                onClick={() => onRevoke(token)}
              >
                Revoke
              </Button>
            )}
          </ActionsCell>
        </RecordRow>
      ))}
    </RecordTable>
  )
}

function Status({ token }: { readonly token: ScimToken }) {
  if (token.usable) {
    return (
      <Badge variant="light" color="teal">
        Accepted
      </Badge>
    )
  }
  return (
    <Badge variant="light" color="gray">
      {token.revoked_at === null ? 'Ended' : 'Revoked'}
    </Badge>
  )
}
