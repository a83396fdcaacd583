import { Textarea } from '@mantine/core'
import type { TextareaProps } from '@mantine/core'

/** A list, one entry a line: easy to paste, and to read aloud. */
export function LinesInput(props: TextareaProps) {
  return <Textarea autosize minRows={2} maxRows={10} spellCheck={false} classNames={{ input: 'mono' }} {...props} />
}

export const toLines = (values: readonly string[] | undefined): string => (values ?? []).join('\n')

export const fromLines = (text: string): string[] =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
