import { List, Stack, Text } from '@mantine/core'
import type { Teamspace } from '../../session/use-teamspaces.ts'
import { Confirm } from '../../ui/confirm.tsx'
import { notifyDone } from '../../ui/notify.ts'
import { useRemoveTeamspace } from './teamspaces-queries.ts'

interface RemoveTeamspaceProps {
  readonly teamspace: Pick<Teamspace, 'slug' | 'name'>
  readonly opened: boolean
  readonly onClose: () => void
}

/** All that goes with a teamspace, before it goes. */
export function RemoveTeamspace({ teamspace: { name, slug }, opened, onClose }: RemoveTeamspaceProps) {
  const remove = useRemoveTeamspace(slug)
  return (
    <Confirm
      opened={opened}
      title={`Remove ${name}`}
      name={slug}
      action="Remove the teamspace"
      isPending={remove.isPending}
      error={remove.error}
      onConfirm={() => remove.mutate(undefined, { onSuccess: () => notifyDone(`Removed ${name}.`) })}
      onClose={onClose}
      says={
        <Stack gap="xs">
          <Text size="sm">This cannot be taken back. With the teamspace go:</Text>
          <List size="sm">
            <List.Item>its connections and their credentials;</List.Item>
            <List.Item>all its members, and with them their way into the console;</List.Item>
            <List.Item>its MCP tokens, SCIM tokens and group sync;</List.Item>
            <List.Item>its policy.</List.Item>
          </List>
          <Text size="sm">
            Every call of it is refused from then on. Its audit trail stays with whoever runs this Sallyport.
          </Text>
        </Stack>
      }
    />
  )
}
