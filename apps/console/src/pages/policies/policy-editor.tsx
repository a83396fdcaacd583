import { Badge, Box, Tabs } from '@mantine/core'
import { IconFlask, IconListCheck, IconPlayerPlay } from '@tabler/icons-react'
import { useState } from 'react'
import { useTeamspace } from '../../session/use-teamspace.ts'
import { LeaveGuard } from './leave-guard.tsx'
import { OnTrial } from './on-trial.tsx'
import type { SavedPolicy } from './policy-queries.ts'
import { PolicyForm } from './policy-form.tsx'
import { SaveBar } from './save-bar.tsx'
import { TryIt } from './try-it.tsx'
import { usePolicyCheck } from './use-policy-check.ts'
import { usePolicyDraft } from './use-policy-draft.ts'

/** The rules, what they would answer, and what those on trial did; all about one draft. */
export function PolicyEditor({ saved }: { readonly saved: SavedPolicy }) {
  const { manages } = useTeamspace()
  const draft = usePolicyDraft(saved)
  const check = usePolicyCheck(draft.document)
  const [tab, setTab] = useState<string | null>('rules')
  const onTrial = draft.policy?.rules.filter(({ dryRun }) => dryRun).length ?? 0
  if (!manages) return <PolicyForm draft={draft} check={check} />
  return (
    <Box pb={draft.isChanged ? { base: 160, sm: 96 } : 0}>
      <Tabs value={tab} onChange={setTab} keepMounted={false}>
        <Tabs.List mb="md">
          <Tabs.Tab value="rules" leftSection={<IconListCheck size={16} aria-hidden />}>
            Rules
          </Tabs.Tab>
          <Tabs.Tab value="try" leftSection={<IconPlayerPlay size={16} aria-hidden />}>
            Try it
          </Tabs.Tab>
          <Tabs.Tab
            value="trial"
            leftSection={<IconFlask size={16} aria-hidden />}
            rightSection={
              onTrial > 0 && (
                <Badge size="sm" variant="light" circle={onTrial < 10}>
                  {onTrial}
                </Badge>
              )
            }
          >
            On trial
          </Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="rules">
          <PolicyForm draft={draft} check={check} />
        </Tabs.Panel>
        <Tabs.Panel value="try" keepMounted>
          <TryIt draft={draft} onRules={() => setTab('rules')} />
        </Tabs.Panel>
        <Tabs.Panel value="trial">
          <OnTrial draft={draft} />
        </Tabs.Panel>
      </Tabs>
      {draft.isChanged && <SaveBar draft={draft} check={check} />}
      <LeaveGuard isChanged={draft.isChanged} />
    </Box>
  )
}
