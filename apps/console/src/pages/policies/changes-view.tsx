import { Badge, Group, Stack, Text } from '@mantine/core'
import { DiffView } from '../../ui/diff-view.tsx'
import { asPolicy } from './policy.ts'
import { changesOf } from './policy-changes.ts'
import type { RuleChange } from './policy-changes.ts'

const COLORS = { added: 'teal', changed: 'blue', removed: 'red' } as const satisfies Record<RuleChange['kind'], string>

/** What differs between two policies, rule by rule; as documents where one is none that can be read. */
export function ChangesView({ before, after }: { readonly before: unknown; readonly after: unknown }) {
  const [one, other] = [asPolicy(before), asPolicy(after)]
  if (!one || !other) return <DiffView label="The policy" before={before} after={after} />
  const { rules, isReordered, general } = changesOf(one, other)
  return (
    <Stack gap="md">
      {general && <DiffView label="The default" before={general.before} after={general.after} />}
      {isReordered && <Text size="sm">The order of the rules changes; what is decided does not.</Text>}
      {rules.map((change) => (
        <Stack key={change.name} gap={6}>
          <Group gap="xs">
            <Badge variant="light" color={COLORS[change.kind]}>
              {change.kind}
            </Badge>
            <Text fw={600} size="sm">
              {change.name}
            </Text>
          </Group>
          <DiffView label={`${change.name}, ${change.kind}`} before={change.before} after={change.after} />
        </Stack>
      ))}
      {!general && !isReordered && rules.length === 0 && <Text size="sm">Nothing differs.</Text>}
    </Stack>
  )
}
