import { IconPencil, IconUserMinus, IconUserShield } from '@tabler/icons-react'
import { isAtLeast } from '../../../api/roles.ts'
import { useSignedIn } from '../../../session/session.ts'
import { useTeamspace } from '../../../session/use-teamspace.ts'
import { ActionsCell, RecordCell, RecordRow, RecordTable } from '../../../ui/record-table.tsx'
import { RowMenu } from '../../../ui/row-menu.tsx'
import { Time } from '../../../ui/time.tsx'
import type { Member } from '../members-queries.ts'
import { Identity } from './identity.tsx'
import { Person } from './person.tsx'
import { SourceBadges } from './source-badges.tsx'

interface MemberTableProps {
  readonly members: readonly Member[]
  readonly onChangeRole: (member: Member) => void
  readonly onRename: (member: Member) => void
  readonly onRemove: (member: Member) => void
}

export function MemberTable({ members, onChangeRole, onRename, onRemove }: MemberTableProps) {
  const { role: ownRole } = useTeamspace()
  const { name } = useSignedIn()
  return (
    <RecordTable label="Members" columns={['Person', 'Role', 'Identity', 'Sources', 'Added']} hasActions>
      {members.map((member) => (
        <RecordRow key={member.id}>
          <RecordCell>
            <Person person={member} isSelf={member.email === name} />
          </RecordCell>
          <RecordCell label="Role">{member.role}</RecordCell>
          <RecordCell label="Identity">
            <Identity member={member} />
          </RecordCell>
          <RecordCell label="Sources">
            <SourceBadges sources={member.sources} />
          </RecordCell>
          <RecordCell label="Added" isShort>
            <Time at={member.createdAt} />
          </RecordCell>
          <ActionsCell>
            {/* Nobody touches who is above them. */}
            {isAtLeast(ownRole, member.role) && (
              <RowMenu
                label={`Actions for ${member.email}`}
                actions={[
                  { label: 'Change the role', Icon: IconUserShield, onClick: () => onChangeRole(member) },
                  { label: 'Change the name', Icon: IconPencil, onClick: () => onRename(member) },
                  { label: 'Remove', Icon: IconUserMinus, isDangerous: true, onClick: () => onRemove(member) },
                ]}
              />
            )}
          </ActionsCell>
        </RecordRow>
      ))}
    </RecordTable>
  )
}
