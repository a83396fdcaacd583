import { Accordion, Fieldset, MultiSelect, Stack, TagsInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useTeamspace } from '../../session/use-teamspace.ts'
import type { PolicyRule, ToolClass } from './policy.ts'
import { toolsQuery } from './policy-queries.ts'
import type { RulePart } from './rule-part.ts'

const CLASSES: readonly { readonly value: ToolClass; readonly label: string }[] = [
  { value: 'read', label: 'read: changes nothing' },
  { value: 'write', label: 'write: adds or changes' },
  { value: 'destructive', label: 'destructive: may destroy, or nothing is known of it' },
]

/** What the rule is about. */
export function RuleWhat({ rule, change, errorOf }: RulePart) {
  const { slug } = useTeamspace()
  const { data: servers = [] } = useQuery(toolsQuery(slug))
  const known = servers.filter(({ server }) => rule.servers === undefined || rule.servers.includes(server))
  const tools = [...new Set((known.length > 0 ? known : servers).flatMap((each) => each.tools.map(({ name }) => name)))]
  const field = (name: keyof PolicyRule & ('servers' | 'tools' | 'prompts' | 'resources' | 'methods')) => ({
    value: [...(rule[name] ?? [])],
    onChange: (value: string[]) => change({ [name]: value }),
    error: errorOf(name),
    splitChars: [','],
    clearable: true,
    acceptValueOnBlur: true,
    clearButtonProps: { 'aria-label': `Clear ${name}` },
  })
  return (
    <Fieldset legend="What it is about">
      <Stack gap="md">
        <TagsInput
          label="Tools"
          description="Names, with * for any run of characters. With nothing named here or below, the rule is about everything"
          placeholder={rule.tools ? '' : 'delete_*'}
          data={tools}
          {...field('tools')}
        />
        <MultiSelect
          label="Tool classes"
          description="By what the tools say they do; the Servers page shows the class of each"
          data={[...CLASSES]}
          value={[...(rule.classes ?? [])]}
          onChange={(value) => change({ classes: value as ToolClass[] })}
          error={errorOf('classes')}
          clearable
          clearButtonProps={{ 'aria-label': 'Clear classes' }}
        />
        <TagsInput
          label="Servers"
          description="None named: every server"
          data={servers.map(({ server }) => server)}
          {...field('servers')}
        />
        <Accordion
          variant="contained"
          styles={{ control: { minHeight: 40 }, label: { fontSize: 'var(--mantine-font-size-sm)', paddingBlock: 10 } }}
          defaultValue={rule.prompts || rule.resources || rule.methods ? 'more' : null}
        >
          <Accordion.Item value="more">
            <Accordion.Control>Prompts, resources and methods</Accordion.Control>
            <Accordion.Panel>
              <Stack gap="md">
                <TagsInput label="Prompts" {...field('prompts')} />
                <TagsInput label="Resources" description="URIs" placeholder="file:///etc/*" {...field('resources')} />
                <TagsInput
                  label="Methods"
                  description="JSON-RPC methods, such as resources/*"
                  data={METHODS}
                  {...field('methods')}
                />
              </Stack>
            </Accordion.Panel>
          </Accordion.Item>
        </Accordion>
      </Stack>
    </Fieldset>
  )
}

const METHODS = [
  'tools/call',
  'tools/list',
  'prompts/get',
  'prompts/list',
  'resources/read',
  'resources/subscribe',
  'resources/list',
  'completion/complete',
]
