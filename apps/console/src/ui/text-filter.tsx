import { TextInput } from '@mantine/core'
import type { TextInputProps } from '@mantine/core'
import { useDebouncedCallback } from '@mantine/hooks'
import { useState } from 'react'

interface TextFilterProps extends Omit<TextInputProps, 'value' | 'onChange'> {
  readonly value: string | undefined
  readonly onChange: (value: string | undefined) => void
}

const AFTER_MS = 400

/** Takes effect soon after the last letter, and follows the address when that changes by itself. */
export function TextFilter({ value = '', onChange, ...props }: TextFilterProps) {
  const [written, setWritten] = useState(value)
  const [known, setKnown] = useState(value)
  if (known !== value) {
    setKnown(value)
    setWritten(value)
  }
  const tell = useDebouncedCallback((text: string) => {
    const trimmed = text.trim()
    setKnown(trimmed)
    onChange(trimmed === '' ? undefined : trimmed)
  }, AFTER_MS)
  return (
    <TextInput
      value={written}
      onChange={(event) => {
        setWritten(event.currentTarget.value)
        tell(event.currentTarget.value)
      }}
      maxLength={200}
      spellCheck={false}
      {...props}
    />
  )
}
