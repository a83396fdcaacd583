import { Button, Group, Stack, TextInput } from '@mantine/core'
import { useState } from 'react'
import type { FormEvent, ReactNode } from 'react'
import { Dialog } from './dialog.tsx'
import { ProblemAlert } from './problem-alert.tsx'

interface QuestionProps {
  /** What comes of it, and all that goes with it. */
  readonly says: ReactNode
  /** What has to be typed first: for what cannot be taken back. */
  readonly name?: string
  readonly action: string
  readonly isPending: boolean
  readonly error?: unknown
  readonly onConfirm: () => void
  readonly onClose: () => void
}

interface ConfirmProps extends QuestionProps {
  readonly opened: boolean
  readonly title: string
}

/** Before something that does not come back by itself. */
export function Confirm({ opened, title, ...question }: ConfirmProps) {
  return (
    <Dialog opened={opened} title={title} onClose={question.onClose}>
      <Question {...question} />
    </Dialog>
  )
}

export function Question({ says, name, action, isPending, error, onConfirm, onClose }: QuestionProps) {
  const [typed, setTyped] = useState('')
  const isTyped = name === undefined || typed === name
  const submit = (event: FormEvent) => {
    event.preventDefault()
    event.stopPropagation() // from a dialog it goes on to the form that asked, as React tells it
    if (isTyped) onConfirm()
  }
  return (
    <form onSubmit={submit}>
      <Stack gap="md">
        <div>{says}</div>
        {name !== undefined && (
          <TextInput
            label={`Type ${name} to confirm`}
            value={typed}
            onChange={(event) => setTyped(event.currentTarget.value)}
            autoComplete="off"
            data-autofocus
          />
        )}
        <ProblemAlert error={error} />
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose} {...(name === undefined && { 'data-autofocus': true })}>
            Cancel
          </Button>
          <Button type="submit" color="red" disabled={!isTyped} loading={isPending}>
            {action}
          </Button>
        </Group>
      </Stack>
    </form>
  )
}
