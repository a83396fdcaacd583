import { ActionIcon, CopyButton, Group, Text, Tooltip } from '@mantine/core'
import { IconCheck, IconCopy } from '@tabler/icons-react'

export const shorten = (value: string): string =>
  value.length <= 20 ? value : `${value.slice(0, 8)}…${value.slice(-6)}`

/** A long value by its two ends; the whole is in the tooltip and in what is copied. */
export function ShortValue({ label, value }: { readonly label: string; readonly value: string }) {
  return (
    <Group gap={2} wrap="nowrap" component="span" display="inline-flex">
      <Tooltip label={value} multiline maw={420} className="mono">
        <Text span className="mono" size="sm">
          {shorten(value)}
        </Text>
      </Tooltip>
      <CopyButton value={value} timeout={1_500}>
        {({ copied, copy }) => (
          <Tooltip label={copied ? 'Copied' : `Copy ${label}`}>
            <ActionIcon
              variant="subtle"
              color="gray"
              size={24}
              onClick={copy}
              aria-label={copied ? 'Copied' : `Copy ${label}`}
            >
              {copied ? <IconCheck size={14} aria-hidden /> : <IconCopy size={14} aria-hidden />}
            </ActionIcon>
          </Tooltip>
        )}
      </CopyButton>
    </Group>
  )
}
