import { Button, Group } from '@mantine/core'

interface FormButtonsProps {
  readonly action: string
  readonly isPending: boolean
  readonly color?: string
  readonly onCancel: () => void
}

/** What a form in a dialog ends with. */
export function FormButtons({ action, isPending, color, onCancel }: FormButtonsProps) {
  return (
    <Group justify="flex-end">
      <Button variant="default" onClick={onCancel}>
        Cancel
      </Button>
      <Button type="submit" loading={isPending} {...(color !== undefined && { color })}>
        {action}
      </Button>
    </Group>
  )
}
