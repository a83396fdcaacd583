import { Button, Checkbox, FileInput, Group, Stack } from '@mantine/core'
import { IconFileTypeCsv } from '@tabler/icons-react'
import { useState } from 'react'
import { useTeamspace } from '../../../session/use-teamspace.ts'

const MAX_BYTES = 5 * 1024 * 1024

export interface Chosen {
  readonly file: File
  readonly allowRoles: boolean
}

interface ChooseFileProps {
  readonly isChecking: boolean
  /** While rows are written: another choice would stop that half way. */
  readonly isLocked: boolean
  /** Whatever was checked before is about another choice. */
  readonly onChange: () => void
  readonly onCheck: (chosen: Chosen) => void
}

export function ChooseFile({ isChecking, isLocked, onChange, onCheck }: ChooseFileProps) {
  const { role } = useTeamspace()
  const [file, setFile] = useState<File | null>(null)
  const [allowRoles, setAllowRoles] = useState(false)
  const [error, setError] = useState<string>()
  const submit = () => {
    if (file === null) return setError('Choose a file first')
    if (file.size > MAX_BYTES) return setError('This file is larger than 5 MiB: split it')
    onCheck({ file, allowRoles })
  }
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        submit()
      }}
    >
      <Stack maw={560}>
        <FileInput
          label="CSV file"
          description="UTF-8, separated by commas; at most 5 MiB and 10,000 rows. The first row names the columns."
          placeholder="Choose a file"
          accept=".csv,text/csv"
          leftSection={<IconFileTypeCsv size={18} aria-hidden />}
          clearable={!isLocked}
          disabled={isLocked}
          clearButtonProps={{ 'aria-label': 'Choose no file' }}
          value={file}
          error={error}
          onChange={(chosen) => {
            setFile(chosen)
            setError(undefined)
            onChange()
          }}
        />
        <Checkbox
          label={role === 'owner' ? 'The file may make people admin or owner' : 'The file may make people admin'}
          description="Without it, rows with a higher role than developer are refused."
          checked={allowRoles}
          disabled={isLocked}
          onChange={(event) => {
            setAllowRoles(event.currentTarget.checked)
            onChange()
          }}
        />
        <Group>
          <Button type="submit" loading={isChecking} disabled={isLocked}>
            Check the file
          </Button>
        </Group>
      </Stack>
    </form>
  )
}
