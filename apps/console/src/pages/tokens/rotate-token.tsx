import { NativeSelect, Stack, Text } from '@mantine/core'
import { useState } from 'react'
import { useTeamspace } from '../../session/use-teamspace.ts'
import { FormButtons } from '../../ui/form-buttons.tsx'
import { ProblemAlert } from '../../ui/problem-alert.tsx'
import { useRotate } from './tokens-queries.ts'
import type { McpToken, MintedToken } from './tokens-queries.ts'

const HOUR = 3_600

const GRACES = [
  { value: '0', label: 'not at all: it ends now' },
  { value: String(HOUR), label: 'an hour' },
  { value: String(24 * HOUR), label: 'a day' },
  { value: String(7 * 24 * HOUR), label: 'a week' },
]

interface RotateTokenProps {
  readonly token: McpToken
  readonly onMinted: (minted: MintedToken) => void
  readonly onClose: () => void
}

export function RotateToken({ token, onMinted, onClose }: RotateTokenProps) {
  const { slug } = useTeamspace()
  const rotate = useRotate(slug, onMinted)
  const [grace, setGrace] = useState(String(24 * HOUR))
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        rotate.mutate({ id: token.id, grace_seconds: Number(grace) })
      }}
    >
      <Stack>
        <Text size="sm">
          {token.name} gets a successor with the same holder, role and scopes, that lives as long again. Give it to the
          client before the present one ends.
        </Text>
        <NativeSelect
          label="The present one stays valid for"
          data={GRACES}
          value={grace}
          data-autofocus
          onChange={(event) => setGrace(event.currentTarget.value)}
        />
        <ProblemAlert error={rotate.error} />
        <FormButtons action="Rotate" isPending={rotate.isPending} onCancel={onClose} />
      </Stack>
    </form>
  )
}
