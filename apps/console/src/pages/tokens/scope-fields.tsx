import { MultiSelect, NativeSelect, Stack, TagsInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { useTeamspace } from '../../session/use-teamspace.ts'
import type { ScopeChoice } from './token-scopes.ts'
import { tokenServersQuery, toolNamesQuery } from './tokens-queries.ts'

interface ScopeFieldsProps {
  readonly value: ScopeChoice
  readonly error?: ReactNode
  readonly onChange: (value: ScopeChoice) => void
}

const TOOLS = [
  { value: 'all', label: 'All tools' },
  { value: 'read', label: 'Tools that only read' },
  { value: 'write', label: 'Tools that read or write, but destroy nothing' },
  { value: 'named', label: 'Only tools by name' },
]

/** Scopes only ever narrow what the role and the policy allow. */
export function ScopeFields({ value, error, onChange }: ScopeFieldsProps) {
  const { slug } = useTeamspace()
  const { data: servers = [] } = useQuery(tokenServersQuery(slug))
  const { data: names = [] } = useQuery(toolNamesQuery(slug))
  return (
    <Stack>
      <MultiSelect
        label="Servers"
        description="It is worth nothing elsewhere"
        placeholder={value.servers.length === 0 ? 'All that take MCP tokens' : ''}
        data={servers.map(({ name }) => name)}
        value={[...value.servers]}
        clearable
        clearButtonProps={{ 'aria-label': 'All servers' }}
        onChange={(chosen) => onChange({ ...value, servers: chosen })}
      />
      <NativeSelect
        label="Tools"
        description="A tool of which nothing is known counts as destructive"
        data={TOOLS}
        value={value.tools}
        error={value.tools === 'all' ? error : undefined}
        onChange={(event) => onChange({ ...value, tools: event.currentTarget.value as ScopeChoice['tools'] })}
      />
      {value.tools !== 'all' && (
        <TagsInput
          label={value.tools === 'named' ? 'Tools by name' : 'And these tools'}
          description="Letter by letter, each followed by Enter"
          data={names}
          value={[...value.names]}
          maxTags={90}
          error={error}
          clearable
          clearButtonProps={{ 'aria-label': 'Clear the names' }}
          onChange={(chosen) => onChange({ ...value, names: chosen })}
        />
      )}
    </Stack>
  )
}
