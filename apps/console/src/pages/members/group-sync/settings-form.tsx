import { Button, Group, Paper, Stack, Title } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useState } from 'react'
import { ProblemError } from '../../../api/client.ts'
import { useTeamspace } from '../../../session/use-teamspace.ts'
import { fieldErrors } from '../../../ui/form-errors.ts'
import { notifyDone } from '../../../ui/notify.ts'
import { ProblemAlert } from '../../../ui/problem-alert.tsx'
import { useSaveGroupSync, useTestGroupSync } from './group-sync-queries.ts'
import type { GroupSync, GroupSyncSettings } from './group-sync-queries.ts'
import { SettingsFields } from './settings-fields.tsx'
import { DEFAULTS, SETTING_NAMES } from './sync-settings.ts'
import { TestResult } from './test-result.tsx'

interface SettingsFormProps {
  readonly sync: GroupSync
  readonly etag: string | undefined
  /** Shows what is saved in place of what was typed. */
  readonly onReload: () => void
}

/** Keeps the tag of what it began with: what somebody else saves meanwhile is not written over. */
export function SettingsForm({ sync, etag, onReload }: SettingsFormProps) {
  const { slug } = useTeamspace()
  const [ifMatch, setIfMatch] = useState(etag)
  const form = useForm<GroupSyncSettings>({ initialValues: sync.settings ?? DEFAULTS })
  const save = useSaveGroupSync(slug)
  const test = useTestGroupSync(slug)
  const showErrors = (error: unknown) => form.setErrors(fieldErrors(error, SETTING_NAMES))
  const isOutdated = save.error instanceof ProblemError && save.error.status === 412
  const submit = (settings: GroupSyncSettings) => {
    test.reset()
    save.mutate(
      { settings, ifMatch },
      {
        onSuccess: (saved) => {
          setIfMatch(saved.etag)
          notifyDone('Group sync is saved')
        },
        onError: showErrors,
      },
    )
  }
  const tryOut = () => {
    save.reset()
    test.mutate(form.getValues(), { onError: showErrors })
  }
  const hasFieldErrors = Object.keys(form.errors).length > 0
  return (
    <Paper withBorder p="md" component="section">
      <Title order={2} size="h4" mb="sm">
        Settings
      </Title>
      <form onSubmit={form.onSubmit(submit)}>
        <Stack>
          <SettingsFields form={form} />
          {!hasFieldErrors && <ProblemAlert error={save.error ?? test.error} />}
          <TestResult result={test.data} />
          <Group>
            <Button type="submit" loading={save.isPending}>
              {sync.settings ? 'Save' : 'Set up group sync'}
            </Button>
            <Button variant="default" loading={test.isPending} onClick={tryOut}>
              Test
            </Button>
            {isOutdated && (
              <Button variant="subtle" onClick={onReload}>
                Show what is saved now
              </Button>
            )}
          </Group>
        </Stack>
      </form>
    </Paper>
  )
}
