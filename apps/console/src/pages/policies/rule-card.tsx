import { Badge, Box, Button, Group, List, Text } from '@mantine/core'
import { IconBan, IconCheck, IconFlask } from '@tabler/icons-react'
import type { FieldError } from '../../api/client.ts'
import { useTeamspace } from '../../session/use-teamspace.ts'
import type { PolicyRule } from './policy.ts'
import { RuleMenu } from './rule-menu.tsx'
import type { RulePlace } from './rule-menu.tsx'
import { RuleSentence } from './rule-sentence.tsx'
import type { Names } from './rule-words.ts'

interface RuleCardProps {
  readonly rule: PolicyRule
  readonly names: Names
  readonly place: RulePlace
  readonly errors: readonly FieldError[]
  readonly onEdit: () => void
  readonly onDuplicate: () => void
  readonly onMove: (by: -1 | 1) => void
  readonly onRemove: () => void
}

export function RuleCard({ rule, names, place, errors, onEdit, ...changes }: RuleCardProps) {
  const { manages } = useTeamspace()
  return (
    <Box
      component="li"
      p="md"
      style={place.index > 0 ? { borderTop: '1px solid var(--mantine-color-default-border)' } : {}}
    >
      <Group justify="space-between" align="flex-start" wrap="nowrap" gap="sm">
        <Box flex={1} miw={0}>
          <Group gap="xs" mb={4}>
            <EffectBadge effect={rule.effect} />
            <Text fw={650}>{rule.name}</Text>
            {rule.dryRun && (
              <Badge variant="outline" color="grape" leftSection={<IconFlask size={12} aria-hidden />}>
                on trial
              </Badge>
            )}
          </Group>
        </Box>
        {manages && (
          <Group gap={4} wrap="nowrap">
            <Button size="compact-sm" variant="default" onClick={onEdit} aria-label={`Edit ${rule.name}`}>
              Edit
            </Button>
            <RuleMenu name={rule.name} place={place} {...changes} />
          </Group>
        )}
      </Group>
      <RuleSentence rule={rule} names={names} />
      {errors.length > 0 && (
        <List size="sm" c="red" mt="xs" role="status" aria-label={`What is wrong with ${rule.name}`}>
          {errors.map(({ path, says }) => (
            <List.Item key={`${path} ${says}`}>
              {path !== '' && <span className="mono">{path}</span>} {says}
            </List.Item>
          ))}
        </List>
      )}
    </Box>
  )
}

/** By word and shape, not by colour alone. */
const EffectBadge = ({ effect }: Pick<PolicyRule, 'effect'>) =>
  effect === 'allow' ? (
    <Badge color="teal" variant="light" leftSection={<IconCheck size={12} aria-hidden />}>
      allow
    </Badge>
  ) : (
    <Badge color="red" variant="light" leftSection={<IconBan size={12} aria-hidden />}>
      deny
    </Badge>
  )
