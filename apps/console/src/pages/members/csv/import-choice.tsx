import { Alert, Button, Group, Radio, Stack, Text } from '@mantine/core'
import { IconInfoCircle } from '@tabler/icons-react'
import { useState } from 'react'
import type { ImportMode, ImportSummary } from './import-stream.ts'
import { countChanges, countFailures } from './outcomes.ts'

interface ImportChoiceProps {
  /** Of the dry run. */
  readonly summary: ImportSummary
  readonly onImport: (mode: ImportMode) => void
}

/** After the dry run: whether what can be imported is. */
export function ImportChoice({ summary, onImport }: ImportChoiceProps) {
  const [mode, setMode] = useState<ImportMode>('all-or-nothing')
  const [changes, failures] = [countChanges(summary), countFailures(summary)]
  if (changes === 0) {
    return (
      <Alert icon={<IconInfoCircle aria-hidden />} variant="light">
        {failures === 0 ? 'Everybody in this file is a member already.' : 'There is no row that can be imported.'}
      </Alert>
    )
  }
  return (
    <Stack gap="sm">
      {failures > 0 && (
        <Radio.Group label="Some rows have problems" value={mode} onChange={(value) => setMode(value as ImportMode)}>
          <Stack gap="xs" mt="xs">
            <Radio value="all-or-nothing" label="Nothing yet" description="Correct the file, and check it again." />
            <Radio
              value="each-row"
              label={`Only the ${changes.toLocaleString('en')} rows without a problem`}
              description="The others are left out. The same file can come again once it is corrected."
            />
          </Stack>
        </Radio.Group>
      )}
      {(failures === 0 || mode === 'each-row') && (
        <Group>
          <Button onClick={() => onImport(mode)}>Import {changes.toLocaleString('en')} rows</Button>
          <Text size="sm" c="dimmed">
            Nobody is taken out, and no role is changed.
          </Text>
        </Group>
      )}
    </Stack>
  )
}
