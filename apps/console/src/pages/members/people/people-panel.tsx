import { Box, Button, Group, TextInput, VisuallyHidden } from '@mantine/core'
import { useDebouncedValue, useDisclosure } from '@mantine/hooks'
import { IconSearch, IconUserPlus, IconUsers } from '@tabler/icons-react'
import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTeamspace } from '../../../session/use-teamspace.ts'
import { Dialog } from '../../../ui/dialog.tsx'
import { EmptyState } from '../../../ui/empty-state.tsx'
import { LoadMore } from '../../../ui/load-more.tsx'
import { ProblemAlert } from '../../../ui/problem-alert.tsx'
import { RowsSkeleton } from '../../../ui/rows-skeleton.tsx'
import { useDialogOf } from '../../../ui/use-dialog-of.ts'
import { membersQuery } from '../members-queries.ts'
import type { Member } from '../members-queries.ts'
import { AddMemberDialog } from './add-member-dialog.tsx'
import { ChangeRole } from './change-role.tsx'
import { MemberTable } from './member-table.tsx'
import { RenameMember } from './rename-member.tsx'
import { RemoveMember } from './remove-member.tsx'

export function PeoplePanel() {
  const { slug } = useTeamspace()
  const [typed, setTyped] = useState('')
  const [search] = useDebouncedValue(typed.trim(), 250)
  const pages = useInfiniteQuery({ ...membersQuery(slug, search), placeholderData: keepPreviousData })
  const [isAdding, { open, close }] = useDisclosure(false)
  const changing = useDialogOf<Member>()
  const renaming = useDialogOf<Member>()
  const removing = useDialogOf<Member>()
  const members = pages.data?.pages.flatMap((page) => page.members)
  const isEmpty = members?.length === 0 && search === ''
  const add = (
    <Button leftSection={<IconUserPlus size={16} aria-hidden />} onClick={open}>
      Add member
    </Button>
  )
  return (
    <>
      {!isEmpty && (
        <Group mb="md" justify="space-between">
          <TextInput
            type="search"
            aria-label="Search by name or e-mail"
            placeholder="Search by name or e-mail"
            leftSection={<IconSearch size={16} aria-hidden />}
            value={typed}
            maxLength={254}
            onChange={(event) => setTyped(event.currentTarget.value)}
            flex="1 1 220px"
            maw={360}
          />
          {add}
        </Group>
      )}
      <ProblemAlert error={pages.error} mb="md" />
      {pages.isPending && <RowsSkeleton />}
      {isEmpty && (
        <EmptyState
          Icon={IconUsers}
          title="Nobody is a member yet"
          says="Without members nobody gets through the gate. Add the first by hand, or bring all of them by CSV, SCIM or group sync."
        >
          {add}
        </EmptyState>
      )}
      {members && members.length > 0 && (
        <Box opacity={pages.isPlaceholderData ? 0.6 : 1}>
          <MemberTable
            members={members}
            onChangeRole={changing.open}
            onRename={renaming.open}
            onRemove={removing.open}
          />
        </Box>
      )}
      <div role="status">
        {members?.length === 0 && search !== '' && `No member’s name or e-mail has “${search}” in it.`}
        {search !== '' && members && members.length > 0 && <VisuallyHidden>{`${members.length} found`}</VisuallyHidden>}
      </div>
      <LoadMore pages={pages} />
      <AddMemberDialog opened={isAdding} onClose={close} />
      <Dialog opened={changing.isOpen} title="Change the role" onClose={changing.close}>
        {changing.subject && <ChangeRole member={changing.subject} onClose={changing.close} />}
      </Dialog>
      <Dialog opened={renaming.isOpen} title="Change the name" onClose={renaming.close}>
        {renaming.subject && <RenameMember member={renaming.subject} onClose={renaming.close} />}
      </Dialog>
      {removing.subject && <RemoveMember member={removing.subject} opened={removing.isOpen} onClose={removing.close} />}
    </>
  )
}
