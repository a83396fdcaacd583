import { Badge, Group, Tooltip } from '@mantine/core'
import type { Source } from '../members-queries.ts'

const SOURCES: Readonly<Record<Source, { readonly says: string; readonly means: string }>> = {
  manual: { says: 'By hand', means: 'Added by an owner, an admin or the operator' },
  csv: { says: 'CSV', means: 'Named by an imported file' },
  scim: { says: 'SCIM', means: 'Provisioned by the identity provider; it also takes them away' },
  group_sync: { says: 'Synced', means: 'In the synchronised group; leaving it ends this' },
  jit: {
    says: 'First call',
    means: 'Let in at their first call, because the connection accepts everybody it vouches for',
  },
}

/** Why somebody is a member: they stay one while any of these holds. */
export function SourceBadges({ sources }: { readonly sources: readonly Source[] }) {
  return (
    <Group gap={4} component="span" display="inline-flex" style={{ verticalAlign: 'middle' }}>
      {sources.map((source) => (
        <Tooltip key={source} label={SOURCES[source].means}>
          <Badge variant="default" size="sm" fw={500}>
            {SOURCES[source].says}
          </Badge>
        </Tooltip>
      ))}
    </Group>
  )
}
