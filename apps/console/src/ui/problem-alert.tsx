import { Alert, List, Text } from '@mantine/core'
import type { AlertProps } from '@mantine/core'
import { IconAlertTriangle } from '@tabler/icons-react'
import { ProblemError } from '../api/client.ts'
import { problemText } from './notify.ts'

/** What a request was answered with, where it is looked for: beside what caused it. Nothing while there is no error. */
export function ProblemAlert({ error, ...props }: { readonly error: unknown } & AlertProps) {
  if (!error) return null
  const fields = error instanceof ProblemError ? error.errors.filter(({ path }) => path !== '') : []
  return (
    <Alert color="red" icon={<IconAlertTriangle aria-hidden />} role="alert" {...props}>
      <Text size="sm">{problemText(error)}</Text>
      {fields.length > 0 && (
        <List size="sm" mt={4}>
          {fields.map(({ path, says }) => (
            <List.Item key={path}>
              <span className="mono">{path}</span> {says}
            </List.Item>
          ))}
        </List>
      )}
    </Alert>
  )
}
