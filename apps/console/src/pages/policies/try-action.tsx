import { Autocomplete, Fieldset, JsonInput, Select, Stack, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useTeamspace } from '../../session/use-teamspace.ts'
import { TimeField } from '../audit/time-filter.tsx'
import type { ToolClass } from './policy.ts'
import { toolsQuery } from './policy-queries.ts'
import type { Kind } from './try-case.ts'
import type { TryForm } from './try-form.ts'

const KINDS = [
  { value: 'tool', label: 'call a tool' },
  { value: 'prompt', label: 'fetch a prompt' },
  { value: 'resource', label: 'read a resource' },
  { value: 'method', label: 'send another message' },
]

const TARGETS: Readonly<Record<Kind, { readonly label: string; readonly placeholder: string }>> = {
  tool: { label: 'Tool', placeholder: 'delete_finding' },
  prompt: { label: 'Prompt', placeholder: 'summary' },
  resource: { label: 'Resource', placeholder: 'file:///srv/notes.txt' },
  method: { label: 'Method', placeholder: 'tools/list' },
}

/** What they call, with what. */
export function TryAction({ form }: { readonly form: TryForm }) {
  const { slug } = useTeamspace()
  const { data: servers = [] } = useQuery(toolsQuery(slug))
  const { server, kind } = form.values
  const tools = servers.find((each) => each.server === server)?.tools ?? []
  const setTarget = (target: string) => {
    form.setFieldValue('target', target)
    const known = tools.find(({ name }) => name === target)
    if (known) form.setFieldValue('toolClass', known.class)
  }
  return (
    <Fieldset legend="What they call">
      <Stack gap="md">
        <Select
          label="Server"
          data={servers.map((each) => each.server)}
          allowDeselect={false}
          {...form.getInputProps('server')}
          value={server === '' ? null : server}
        />
        <Select
          label="They"
          data={KINDS}
          allowDeselect={false}
          value={kind}
          onChange={(value) => form.setFieldValue('kind', (value ?? 'tool') as Kind)}
        />
        <Autocomplete
          {...TARGETS[kind]}
          data={kind === 'tool' ? tools.map(({ name }) => name) : []}
          value={form.values.target}
          onChange={setTarget}
          error={form.errors['target']}
        />
        {kind === 'tool' && (
          <Select
            label="Class of the tool"
            description="Filled in for tools that were heard of; without one, the worst is assumed"
            data={['read', 'write', 'destructive']}
            clearable
            clearButtonProps={{ 'aria-label': 'Clear class' }}
            value={form.values.toolClass === '' ? null : form.values.toolClass}
            onChange={(value) => form.setFieldValue('toolClass', (value ?? '') as ToolClass | '')}
          />
        )}
        {kind !== 'method' && (
          <JsonInput
            label="Arguments"
            placeholder='{ "severity": "low" }'
            autosize
            minRows={3}
            maxRows={12}
            formatOnBlur
            styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)', fontSize: 13 } }}
            {...form.getInputProps('args')}
          />
        )}
        <TextInput
          label="Address that they call from"
          placeholder="198.51.100.7"
          description="For rules that ask about it"
          {...form.getInputProps('address')}
        />
        <TimeField
          label="When they call; now, unless given"
          value={form.values.at}
          onChange={(at) => form.setFieldValue('at', at)}
        />
      </Stack>
    </Fieldset>
  )
}
