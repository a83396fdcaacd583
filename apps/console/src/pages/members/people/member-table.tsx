import { Badge, Text } from '@mantine/core'
import { isAtLeast } from '../../../api/roles.ts'
import { useSignedIn } from '../../../session/session.ts'
import { useTeamspace } from '../../../session/use-teamspace.ts'
import { RecordCell, RecordRow, RecordTable } from '../../../ui/record-table.tsx'
import { Time } from '../../../ui/time.tsx'
import type { Member } from '../members-queries.ts'
import { Identity } from './identity.tsx'
import { MemberActions } from './member-actions.tsx'
import { SourceBadges } from './source-badges.tsx'

interface MemberTableProps {
  readonly members: readonly Member[]
  readonly onChangeRole: (member: Member) => void
  readonly onRemove: (member: Member) => void
}

export function MemberTable({ members, onChangeRole, onRemove }: MemberTableProps) {
  const { role: ownRole } = useTeamspace()
  const { name } = useSignedIn()
  return (
    <RecordTable label="Members" columns={['E-mail', 'Role', 'Identity', 'Sources', 'Added']} hasActions>
      {members.map((member) => (
        <RecordRow key={member.id}>
          <RecordCell>
            <Text span fw={550} style={{ overflowWrap: 'anywhere' }}>
              {member.email}
            </Text>
            {member.email === name && (
              <Badge ml={6} size="sm" variant="light" tt="none">
                You
              </Badge>
            )}
          </RecordCell>
          <RecordCell label="Role">{member.role}</RecordCell>
          <RecordCell label="Identity">
            <Identity member={member} />
          </RecordCell>
          <RecordCell label="Sources">
            <SourceBadges sources={member.sources} />
          </RecordCell>
          <RecordCell label="Added">
            <Time at={member.createdAt} />
          </RecordCell>
          <RecordCell>
            {/* Nobody touches who is above them. */}
            {isAtLeast(ownRole, member.role) && (
              <MemberActions
                member={member}
                onChangeRole={() => onChangeRole(member)}
                onRemove={() => onRemove(member)}
              />
            )}
          </RecordCell>
        </RecordRow>
      ))}
    </RecordTable>
  )
}
