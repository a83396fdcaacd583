import { Badge, Group, Spoiler, Stack, Text } from '@mantine/core'
import type { KnownTool, ToolClass } from './servers-queries.ts'

const CLASSES: readonly { readonly class: ToolClass; readonly label: string; readonly color: string }[] = [
  { class: 'read', label: 'Read', color: 'teal' },
  { class: 'write', label: 'Write', color: 'yellow' },
  { class: 'destructive', label: 'Destructive', color: 'red' },
]

/** By what they may do; rules of the policy and scopes of tokens go by these classes. */
export function KnownTools({ tools }: { readonly tools: readonly KnownTool[] }) {
  if (tools.length === 0)
    return <Text size="sm">None yet. They become known when somebody’s client lists them through Sallyport.</Text>
  const overridden = tools.filter(({ heardClass }) => heardClass !== undefined)
  return (
    <Spoiler maxHeight={160} showLabel="Show all" hideLabel="Show fewer">
      <Stack gap={6}>
        {CLASSES.map(({ class: toolClass, label, color }) => {
          const names = tools.filter((tool) => tool.class === toolClass)
          return (
            names.length > 0 && (
              <Group key={toolClass} gap={6} align="baseline" wrap="nowrap">
                <Badge component="span" variant="light" color={color} miw={110} flex="none">
                  {label} {names.length}
                </Badge>
                <Text size="sm" span className="mono">
                  {names.map(({ name }) => name).join(', ')}
                </Text>
              </Group>
            )
          )
        })}
        {overridden.length > 0 && (
          <Text size="xs" c="dimmed">
            The operator set the class of {overridden.map(({ name }) => name).join(', ')}.
          </Text>
        )}
      </Stack>
    </Spoiler>
  )
}
