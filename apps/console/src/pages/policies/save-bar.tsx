import { Box, Button, Group, Paper, Text } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { useEffect } from 'react'
import { asPolicy } from './policy.ts'
import { changesOf, sayChanges } from './policy-changes.ts'
import { ReviewModal } from './review-modal.tsx'
import type { PolicyCheck } from './use-policy-check.ts'
import type { PolicyDraft } from './use-policy-draft.ts'

interface SaveBarProps {
  readonly draft: PolicyDraft
  readonly check: PolicyCheck
}

/** Always in sight while something is not saved. */
export function SaveBar({ draft, check }: SaveBarProps) {
  const [isOpen, { open, close }] = useDisclosure(false)
  useRoomBelow(140)
  const before = asPolicy(draft.base.document)
  const changes = before && draft.policy && sayChanges(changesOf(before, draft.policy))
  const wrong = check.errors.length
  return (
    <Box pos="fixed" bottom={0} right={0} p="sm" left={{ base: 0, sm: 240 }} style={{ zIndex: 90 }}>
      <Paper withBorder shadow="md" p="sm" role="region" aria-label="Changes that are not saved">
        <Group justify="space-between" gap="sm">
          <div role="status">
            <Text size="sm" fw={600}>
              Not saved{changes ? `: ${changes.charAt(0).toLowerCase()}${changes.slice(1)}` : ''}
            </Text>
            {wrong > 0 && (
              <Text size="sm" c="red">
                {wrong === 1 ? 'One thing has' : `${wrong} things have`} to be put right first
              </Text>
            )}
          </div>
          <Group gap="xs">
            <Button variant="default" onClick={draft.discard}>
              Discard
            </Button>
            {wrong === 0 && <Button onClick={open}>Review and save</Button>}
          </Group>
        </Group>
      </Paper>
      <ReviewModal isOpen={isOpen} draft={draft} warnings={check.warnings} onClose={close} />
    </Box>
  )
}

/** What the keyboard comes to is scrolled clear of the bar (WCAG 2.2, 2.4.11). */
function useRoomBelow(pixels: number) {
  useEffect(() => {
    const { style } = document.documentElement
    style.scrollPaddingBottom = `${pixels}px`
    return () => {
      style.scrollPaddingBottom = ''
    }
  }, [pixels])
}
