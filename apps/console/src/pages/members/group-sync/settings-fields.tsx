import { NativeSelect, NumberInput, SimpleGrid, Stack, Switch, TextInput } from '@mantine/core'
import type { UseFormReturnType } from '@mantine/form'
import type { GroupSyncSettings } from './group-sync-queries.ts'

const GUID = '00000000-0000-0000-0000-000000000000'

export function SettingsFields({ form }: { readonly form: UseFormReturnType<GroupSyncSettings> }) {
  const toggle = (name: 'revoke' | 'schedule' | 'skipDisabled') => form.getInputProps(name, { type: 'checkbox' })
  return (
    <Stack>
      <SimpleGrid cols={{ base: 1, md: 2 }}>
        <TextInput
          label="Client ID of the sync app"
          description="Application (client) ID, on the app’s Overview"
          placeholder={GUID}
          autoComplete="off"
          spellCheck={false}
          required
          withAsterisk={false}
          {...form.getInputProps('clientId')}
        />
        <TextInput
          label="Object ID of the group"
          description="On the group’s Overview; names may be there twice"
          placeholder={GUID}
          autoComplete="off"
          spellCheck={false}
          required
          withAsterisk={false}
          {...form.getInputProps('groupId')}
        />
        <NativeSelect
          label="Who counts as in the group"
          data={[
            { value: 'direct', label: 'Its direct members' },
            { value: 'transitive', label: 'Also members of groups in it' },
          ]}
          {...form.getInputProps('members')}
        />
        <NativeSelect
          label="Role of those who are added"
          data={['developer', 'admin']}
          {...form.getInputProps('role')}
        />
      </SimpleGrid>
      <Switch
        label="Whoever leaves the group loses access"
        description="Unless they are a member by another source, too. Off: people only ever come."
        {...toggle('revoke')}
      />
      <Switch
        label="Run about every 30 minutes"
        description="Off: only when you say Sync now."
        {...toggle('schedule')}
      />
      <Switch
        label="Disabled accounts count as not in the group"
        description="Off: accounts that are disabled in Entra become and stay members, though they cannot sign in."
        {...toggle('skipDisabled')}
      />
      <NumberInput
        label="Ask before more than this share of the synced people would lose access"
        description="An emptied group is always asked about."
        suffix=" %"
        min={0}
        max={100}
        allowDecimal={false}
        maw={420}
        {...form.getInputProps('maxRemovalPercent')}
      />
    </Stack>
  )
}
