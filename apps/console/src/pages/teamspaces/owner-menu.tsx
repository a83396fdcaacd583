import { useDisclosure } from '@mantine/hooks'
import { IconPencil, IconTrash } from '@tabler/icons-react'
import type { Teamspace } from '../../session/use-teamspaces.ts'
import { RowMenu } from '../../ui/row-menu.tsx'
import { RemoveTeamspace } from './remove-teamspace.tsx'
import { RenameTeamspace } from './rename-teamspace.tsx'

/** What owners, and whoever runs this Sallyport, can do with a teamspace as a whole. */
export function OwnerMenu({ teamspace }: { readonly teamspace: Pick<Teamspace, 'slug' | 'name'> }) {
  const [isRenaming, renaming] = useDisclosure(false)
  const [isRemoving, removing] = useDisclosure(false)
  return (
    <>
      <RowMenu
        label={`Actions for ${teamspace.name}`}
        actions={[
          { label: 'Rename', Icon: IconPencil, onClick: renaming.open },
          { label: 'Remove', Icon: IconTrash, isDangerous: true, onClick: removing.open },
        ]}
      />
      <RenameTeamspace teamspace={teamspace} opened={isRenaming} onClose={renaming.close} />
      <RemoveTeamspace teamspace={teamspace} opened={isRemoving} onClose={removing.close} />
    </>
  )
}
