import { Alert, Button, Code, CopyButton, Group, Modal, Stack, Text } from '@mantine/core'
import { IconCheck, IconCopy, IconEyeOff } from '@tabler/icons-react'
import type { ReactNode } from 'react'

interface ShownOnceProps {
  readonly title: string
  readonly label: string
  readonly secret: string
  readonly children?: ReactNode
  readonly onClose: () => void
}

/** A secret in the one moment in which it is known: nothing but the button closes it. */
export function ShownOnce({ title, label, secret, children, onClose }: ShownOnceProps) {
  return (
    <Modal
      opened
      onClose={onClose}
      title={title}
      size="lg"
      centered
      closeOnClickOutside={false}
      closeOnEscape={false}
      withCloseButton={false}
    >
      <Stack>
        <Alert color="yellow" icon={<IconEyeOff aria-hidden />}>
          This is shown once. Sallyport keeps only a hash of it, so nobody can show it again: store it now where you
          keep secrets.
        </Alert>
        <div>
          <Text size="sm" fw={600} mb={4}>
            {label}
          </Text>
          <Code
            block
            tabIndex={0}
            role="region"
            aria-label={label}
            style={{ whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }}
          >
            {secret}
          </Code>
        </div>
        <CopySecret label={label} secret={secret} />
        {children}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            I have stored it
          </Button>
        </Group>
      </Stack>
    </Modal>
  )
}

const CopySecret = ({ label, secret }: { readonly label: string; readonly secret: string }) => (
  <CopyButton value={secret} timeout={3_000}>
    {({ copied, copy }) => (
      <Button
        data-autofocus
        onClick={copy}
        leftSection={copied ? <IconCheck size={16} aria-hidden /> : <IconCopy size={16} aria-hidden />}
      >
        <span aria-live="polite">{copied ? 'Copied' : `Copy the ${label}`}</span>
      </Button>
    )}
  </CopyButton>
)
