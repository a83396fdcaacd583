import { Tabs } from '@mantine/core'
import { IconLock } from '@tabler/icons-react'
import { useLocation, useNavigate } from '@tanstack/react-router'
import { useTeamspace } from '../../session/use-teamspace.ts'
import { EmptyState } from '../../ui/empty-state.tsx'
import { PageHeader } from '../../ui/page-header.tsx'
import { CsvPanel } from './csv/csv-panel.tsx'
import { GroupSyncPanel } from './group-sync/group-sync-panel.tsx'
import { PeoplePanel } from './people/people-panel.tsx'
import { ScimPanel } from './scim/scim-panel.tsx'

/** By their fragment, so that each has an address. */
const TABS = [
  { value: 'people', label: 'People', Panel: PeoplePanel },
  { value: 'csv', label: 'CSV', Panel: CsvPanel },
  { value: 'scim', label: 'SCIM', Panel: ScimPanel },
  { value: 'group-sync', label: 'Group sync', Panel: GroupSyncPanel },
] as const

export function MembersPage() {
  const { manages, name } = useTeamspace()
  const { hash } = useLocation()
  const navigate = useNavigate()
  const shown = TABS.find(({ value }) => value === hash)?.value ?? 'people'
  if (!manages) {
    return (
      <>
        <PageHeader title="Members" />
        <EmptyState
          Icon={IconLock}
          title="For owners and admins"
          says={`Who belongs to ${name} is seen and changed by its owners and admins.`}
        />
      </>
    )
  }
  return (
    <>
      <PageHeader title="Members" about={`Whoever may come through the gate to the servers of ${name}.`} />
      <Tabs
        value={shown}
        onChange={(value) => void navigate({ to: '.', hash: value ?? '', replace: true, hashScrollIntoView: false })}
        keepMounted={false}
      >
        <Tabs.List mb="lg" aria-label="Ways to become a member">
          {TABS.map(({ value, label }) => (
            <Tabs.Tab key={value} value={value}>
              {label}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        {TABS.map(({ value, Panel }) => (
          <Tabs.Panel key={value} value={value}>
            <Panel />
          </Tabs.Panel>
        ))}
      </Tabs>
    </>
  )
}
