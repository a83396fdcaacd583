import { Alert, Button, Group, Modal, Progress, Stack, Text } from '@mantine/core'
import { IconAlertTriangle, IconShieldCheck } from '@tabler/icons-react'
import { ProblemAlert } from '../../ui/problem-alert.tsx'
import { useVerify } from './use-verify.ts'
import type { Verification } from './use-verify.ts'

interface ChainModalProps {
  readonly isOpen: boolean
  readonly onClose: () => void
}

export function ChainModal({ isOpen, onClose }: ChainModalProps) {
  return (
    <Modal
      opened={isOpen}
      onClose={onClose}
      title="Verify the audit trail"
      centered
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      <ChainCheck />
    </Modal>
  )
}

function ChainCheck() {
  const { verification, start, stop } = useVerify()
  return (
    <Stack>
      <Text size="sm">
        Every row carries a keyed hash over itself and the row before it. Checking them all finds out whether any was
        altered, removed or put in. Calls are not held up meanwhile.
      </Text>
      <div role="status">
        <Outcome verification={verification} />
      </div>
      <Group justify="flex-end">
        {verification.state === 'running' ? (
          <Button variant="default" onClick={stop}>
            Stop
          </Button>
        ) : (
          <Button onClick={start} leftSection={<IconShieldCheck size={16} aria-hidden />} data-autofocus>
            {verification.state === 'idle' ? 'Verify' : 'Verify again'}
          </Button>
        )}
      </Group>
    </Stack>
  )
}

const count = (rows: number): string => `${rows.toLocaleString('en')} ${rows === 1 ? 'row' : 'rows'}`

function Outcome({ verification }: { readonly verification: Verification }) {
  if (verification.state === 'idle') return null
  if (verification.state === 'failed') return <ProblemAlert error={verification.error} />
  const { checked, prunedTo } = verification
  if (verification.state === 'running') {
    return (
      <Stack gap={6}>
        <Progress value={100} animated aria-label="Checking" />
        <Text size="sm">{count(checked)} checked</Text>
      </Stack>
    )
  }
  if (verification.problem) {
    return (
      <Alert color="red" icon={<IconAlertTriangle aria-hidden />} title="The trail is not whole" role="alert">
        <Text size="sm">
          {verification.problem.says.charAt(0).toUpperCase() + verification.problem.says.slice(1)}. {count(checked)} up
          to there are as they were written. Tell whoever runs this Sallyport.
        </Text>
      </Alert>
    )
  }
  return (
    <Alert color="teal" icon={<IconShieldCheck aria-hidden />} title="The trail is whole">
      <Text size="sm">
        {count(checked)} checked: none was altered, removed or put in.
        {prunedTo > 0 && ` Rows up to number ${prunedTo.toLocaleString('en')} were removed by age, as configured.`}
      </Text>
    </Alert>
  )
}
