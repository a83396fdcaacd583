import { Button, Group, Paper, Stack, Text, Title } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { IconPlus, IconUsersPlus } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useRef, useState } from 'react'
import { useTeamspace } from '../../../session/use-teamspace.ts'
import { CopyField } from '../../../ui/copy-field.tsx'
import { Dialog } from '../../../ui/dialog.tsx'
import { EmptyState } from '../../../ui/empty-state.tsx'
import { ProblemAlert } from '../../../ui/problem-alert.tsx'
import { RowsSkeleton } from '../../../ui/rows-skeleton.tsx'
import { ShownOnce } from '../../../ui/shown-once.tsx'
import { useDialogOf } from '../../../ui/use-dialog-of.ts'
import { CreateScimToken } from './create-scim-token.tsx'
import { RevokeScimToken } from './revoke-scim-token.tsx'
import { ScimGuide } from './scim-guide.tsx'
import { scimTokensQuery } from './scim-queries.ts'
import type { CreatedScimToken, ScimToken } from './scim-queries.ts'
import { ScimTokenTable } from './scim-token-table.tsx'

export function ScimPanel() {
  const { slug } = useTeamspace()
  const { data: tokens, error, isPending } = useQuery(scimTokensQuery(slug))
  const [isCreating, { open, close }] = useDisclosure(false)
  const createButton = useRef<HTMLButtonElement>(null)
  const [created, setCreated] = useState<CreatedScimToken>()
  const revoking = useDialogOf<ScimToken>()
  const forget = () => {
    setCreated(undefined)
    createButton.current?.focus()
  }
  const create = (
    <Button ref={createButton} leftSection={<IconPlus size={16} aria-hidden />} onClick={open}>
      Create token
    </Button>
  )
  return (
    <Stack gap="lg">
      <Text c="dimmed" maw={640}>
        The identity provider says who is there and who is gone: people become members when they are assigned, and lose
        access with the next call when they are disabled.
      </Text>
      <BaseUrl />
      <div>
        <Group justify="space-between" mb="sm">
          <Title order={2} size="h4">
            Tokens
          </Title>
          {tokens && tokens.length > 0 && create}
        </Group>
        <ProblemAlert error={error} />
        {isPending && <RowsSkeleton rows={2} />}
        {tokens?.length === 0 && (
          <EmptyState
            Icon={IconUsersPlus}
            title="No identity provider is connected yet"
            says="Create a token, and give it to your identity provider together with the address above. It is for this teamspace alone, and opens nothing but provisioning."
          >
            {create}
          </EmptyState>
        )}
        {tokens && tokens.length > 0 && <ScimTokenTable tokens={tokens} onRevoke={revoking.open} />}
      </div>
      <div>
        <Title order={2} size="h4" mb="sm">
          Where to put them
        </Title>
        <ScimGuide />
      </div>
      <Dialog opened={isCreating} title="Create a SCIM token" onClose={close}>
        <CreateScimToken
          onClose={close}
          onCreated={(token) => {
            close()
            setCreated(token)
          }}
        />
      </Dialog>
      {created && (
        <ShownOnce title={`The token ${created.name}`} label="SCIM token" secret={created.token} onClose={forget}>
          <Text size="sm">
            Paste it at the identity provider as secret token, together with the address of this page.
          </Text>
        </ShownOnce>
      )}
      {revoking.subject && (
        <RevokeScimToken token={revoking.subject} opened={revoking.isOpen} onClose={revoking.close} />
      )}
    </Stack>
  )
}

/** SCIM is on the listener that served this page. */
function BaseUrl() {
  return (
    <Paper withBorder p="md">
      <Text size="sm" fw={600}>
        Base URL
      </Text>
      <CopyField label="the base URL" value={`${window.location.origin}/scim/v2`} />
      <Text size="sm" c="dimmed" mt={4} maw={640}>
        An identity provider on the internet has to reach it: through a proxy that ends TLS and passes nothing but{' '}
        <span className="mono">/scim/v2</span>.
      </Text>
    </Paper>
  )
}
