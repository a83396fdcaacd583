import { Box, ScrollArea, VisuallyHidden } from '@mantine/core'
import { useMemo } from 'react'
import { diffLines } from './line-diff.ts'
import type { DiffLine } from './line-diff.ts'
import { printLines } from './print-lines.ts'

interface DiffViewProps {
  /** What is compared, for who cannot see it. */
  readonly label: string
  readonly before: unknown
  readonly after: unknown
}

const LOOKS = {
  same: { mark: ' ', says: '', color: undefined },
  removed: { mark: '−', says: 'removed: ', color: 'var(--mantine-color-red-light)' },
  added: { mark: '+', says: 'added: ', color: 'var(--mantine-color-green-light)' },
} as const satisfies Record<DiffLine['kind'], unknown>

/** Two values side by side in time; undefined where there was none. */
export function DiffView({ label, before, after }: DiffViewProps) {
  const lines = useMemo(() => diffLines(printLines(before), printLines(after)), [before, after])
  return (
    <ScrollArea.Autosize
      mah={360}
      type="auto"
      viewportProps={{ tabIndex: 0, role: 'region', 'aria-label': label }}
      bd="1px solid var(--mantine-color-default-border)"
      bdrs="sm"
    >
      <Box className="mono" py={6} style={{ whiteSpace: 'pre-wrap' }}>
        {lines.map(({ kind, text }, index) => (
          <Box key={index} px="xs" {...(LOOKS[kind].color && { bg: LOOKS[kind].color })}>
            <span aria-hidden>{LOOKS[kind].mark} </span>
            {kind !== 'same' && <VisuallyHidden>{LOOKS[kind].says}</VisuallyHidden>}
            {text}
          </Box>
        ))}
      </Box>
    </ScrollArea.Autosize>
  )
}
