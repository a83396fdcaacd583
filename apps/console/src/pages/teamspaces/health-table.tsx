import { Anchor, Text } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { ActionsCell, RecordCell, RecordRow, RecordTable } from '../../ui/record-table.tsx'
import { sayCount } from '../overview/numbers.ts'
import type { TeamspaceHealth } from './health.ts'
import { OwnerMenu } from './owner-menu.tsx'
import { Troubles } from './troubles.tsx'

export function HealthTable({ teamspaces }: { readonly teamspaces: readonly TeamspaceHealth[] }) {
  return (
    <RecordTable
      label="Teamspaces"
      columns={['Teamspace', 'State', 'Calls', 'Refused', 'Failed', 'Members']}
      hasActions
    >
      {teamspaces.map((teamspace) => (
        <HealthRow key={teamspace.slug} teamspace={teamspace} />
      ))}
    </RecordTable>
  )
}

function HealthRow({ teamspace }: { readonly teamspace: TeamspaceHealth }) {
  const { slug, name, calls, denied, faults, members } = teamspace
  return (
    <RecordRow>
      <RecordCell>
        <Anchor component={Link} to={`/t/${slug}`} fw={650}>
          {name}
        </Anchor>
        <Text size="xs" c="dimmed" className="mono">
          {slug}
        </Text>
      </RecordCell>
      <RecordCell>
        <Troubles teamspace={teamspace} />
      </RecordCell>
      <RecordCell label="Calls" isNumber>
        {sayCount(calls)}
      </RecordCell>
      <RecordCell label="Refused" isNumber>
        {sayCount(denied)}
      </RecordCell>
      <RecordCell label="Failed" isNumber>
        {sayCount(faults)}
      </RecordCell>
      <RecordCell label="Members" isNumber>
        {sayCount(members)}
      </RecordCell>
      <ActionsCell>
        <OwnerMenu teamspace={teamspace} />
      </ActionsCell>
    </RecordRow>
  )
}
