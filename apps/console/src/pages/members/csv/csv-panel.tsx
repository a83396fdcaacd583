import { Button, Group, Stack, Text } from '@mantine/core'
import { IconDownload, IconFileDownload } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTeamspace } from '../../../session/use-teamspace.ts'
import { ProblemAlert } from '../../../ui/problem-alert.tsx'
import { connectionKindsQuery } from '../members-queries.ts'
import { ChooseFile } from './choose-file.tsx'
import type { Chosen } from './choose-file.tsx'
import { ImportChoice } from './import-choice.tsx'
import { ImportEnd } from './import-end.tsx'
import { ImportProgress } from './import-progress.tsx'
import type { ImportMode } from './import-stream.ts'
import { ReportCounts } from './report-counts.tsx'
import { ReportTable } from './report-table.tsx'
import { saveTemplate } from './template.ts'
import { useImport } from './use-import.ts'

export function CsvPanel() {
  const { slug } = useTeamspace()
  const [chosen, setChosen] = useState<Chosen>()
  const { shown, start, reset } = useImport()
  const run = (mode: ImportMode, of = chosen) => of && void start({ slug, mode, ...of })
  const isRunning = shown?.isRunning ?? false
  const isChecked = shown?.summary?.mode === 'dry-run'
  return (
    <Stack gap="lg">
      <About />
      <ChooseFile
        isChecking={isRunning && shown?.mode === 'dry-run'}
        isLocked={isRunning && shown?.mode !== 'dry-run'}
        onChange={reset}
        onCheck={(next) => {
          setChosen(next)
          run('dry-run', next)
        }}
      />
      {shown?.isRunning && <ImportProgress running={shown} />}
      <ProblemAlert error={shown?.error} />
      {shown?.summary && !shown.isRunning && (
        <Stack key={`${shown.summary.id}`}>
          {!isChecked && <ImportEnd summary={shown.summary} />}
          <ReportCounts summary={shown.summary} />
          {isChecked && <ImportChoice summary={shown.summary} onImport={(mode) => run(mode)} />}
          <ReportTable summary={shown.summary} results={shown.results} />
        </Stack>
      )}
    </Stack>
  )
}

function About() {
  const { slug } = useTeamspace()
  const { data: kinds = [] } = useQuery(connectionKindsQuery(slug))
  return (
    <Group justify="space-between" align="flex-start">
      <Text c="dimmed" maw={560}>
        An import adds people. It takes nobody out and changes nobody’s role, and the same file may come again. It is
        checked first; nothing is written before you say so.
      </Text>
      <Group gap="sm">
        <Button
          variant="default"
          leftSection={<IconFileDownload size={16} aria-hidden />}
          onClick={() => saveTemplate(kinds[0] ?? 'entra')}
        >
          Template
        </Button>
        <Button
          variant="default"
          component="a"
          href={`/api/v1/teamspaces/${slug}/members/export`}
          download
          leftSection={<IconDownload size={16} aria-hidden />}
        >
          Export all members
        </Button>
      </Group>
    </Group>
  )
}
