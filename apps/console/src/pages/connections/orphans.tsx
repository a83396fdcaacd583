import { Stack, Text } from '@mantine/core'
import { ProblemError } from '../../api/client.ts'

/** What a save was refused with because members would not be recognised any more; undefined when it was something else. */
export function orphansSaid(error: unknown, identifies: readonly string[]): string | undefined {
  if (!(error instanceof ProblemError) || error.status !== 409) return undefined
  return error.errors.find(({ path }) => identifies.includes(path))?.says
}

interface OrphansWordsProps {
  readonly said: string | undefined
  /** What was changed, in the words of the kind. */
  readonly source: string
}

export function OrphansWords({ said = '', source }: OrphansWordsProps) {
  const [people] = said.split(';')
  return (
    <Stack gap="xs">
      <Text size="sm" fw={600}>
        {people}.
      </Text>
      <Text size="sm">
        People are members by the ID that their {source} knows them by; another one knows other people. Those members
        stay in the list but are let in no more, and the tokens that they hold stop working. They come back if the{' '}
        {source} is set back as it was.
      </Text>
      <Text size="sm">To take them out for good, remove the connection first, and make it anew.</Text>
    </Stack>
  )
}
