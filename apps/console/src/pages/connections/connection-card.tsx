import { Alert, Badge, Button, List, Skeleton, Stack } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { useEffect, useRef, useState } from 'react'
import { useTeamspace } from '../../session/use-teamspace.ts'
import { notifyDone } from '../../ui/notify.ts'
import { ProblemAlert } from '../../ui/problem-alert.tsx'
import { Section } from '../../ui/section.tsx'
import { ConnectionFacts } from './connection-facts.tsx'
import type { Connection, ConnectionKind } from './connection.ts'
import { useTaggedConnection, useTestSaved } from './connections-queries.ts'
import type { Saved } from './connections-queries.ts'
import { KindForm } from './kind-form.tsx'
import { KINDS } from './kinds.ts'
import { RemoveConnection } from './remove-connection.tsx'
import { SavedTest } from './saved-test.tsx'

interface ConnectionCardProps {
  readonly kind: ConnectionKind
  /** As it is saved, if it is. */
  readonly connection: Connection | undefined
}

/** One kind of connection: what is set, or how to set it. */
export function ConnectionCard({ kind, connection }: ConnectionCardProps) {
  const { slug } = useTeamspace()
  const [isEditing, { open, close }] = useDisclosure(false)
  const [isRemoving, removing] = useDisclosure(false)
  const [warnings, setWarnings] = useState<readonly string[]>([])
  const test = useTestSaved(slug, kind)
  const { title, Icon, about } = KINDS[kind]
  const opener = useFocusBack(isEditing, connection !== undefined)

  const onSaved = (saved: Saved) => {
    setWarnings(saved.warnings ?? [])
    notifyDone(`Saved the ${title} connection. It counts from the next call on.`)
    close()
  }
  const actions = connection ? (
    <>
      <Button variant="default" size="sm" onClick={() => test.mutate()} loading={test.isPending}>
        Test connection
      </Button>
      <Button variant="default" size="sm" onClick={open} ref={opener}>
        Edit
      </Button>
      <Button variant="subtle" color="red" size="sm" onClick={removing.open}>
        Remove
      </Button>
    </>
  ) : (
    <Button variant="light" size="sm" onClick={open} ref={opener} aria-label={`Connect ${title}`}>
      Connect
    </Button>
  )
  const body = isEditing ? (
    <Editing kind={kind} connection={connection} onSaved={onSaved} onCancel={close} />
  ) : (
    connection && (
      <Stack gap="md">
        <Warnings warnings={warnings} />
        <ConnectionFacts connection={connection} />
        <SavedTest connection={connection} />
        <ProblemAlert error={test.error} />
      </Stack>
    )
  )
  return (
    <>
      <Section
        Icon={Icon}
        title={
          <>
            {title}{' '}
            <Badge component="span" variant="light" color={connection ? 'teal' : 'gray'}>
              {connection ? 'Connected' : 'Not connected'}
            </Badge>
          </>
        }
        about={about}
        actions={isEditing ? undefined : actions}
      >
        {body}
      </Section>
      <RemoveConnection kind={kind} opened={isRemoving} onClose={removing.close} />
    </>
  )
}

interface EditingProps extends ConnectionCardProps {
  readonly onSaved: (saved: Saved) => void
  readonly onCancel: () => void
}

/** What is saved is asked for again first, with the tag that a save is bound to. */
function Editing({ kind, connection, onSaved, onCancel }: EditingProps) {
  const { slug } = useTeamspace()
  // As it was when the form opened: what is saved by it must not change it while it closes.
  const [isKept] = useState(connection !== undefined)
  const { data, error, isPending, refetch, dataUpdatedAt } = useTaggedConnection(slug, kind, isKept)
  if (isKept && isPending) return <Skeleton height={420} />
  if (error) return <ProblemAlert error={error} />
  return (
    <KindForm
      key={dataUpdatedAt}
      kind={kind}
      connection={data?.body}
      etag={data?.etag}
      onSaved={onSaved}
      onCancel={onCancel}
      onReload={() => void refetch()}
    />
  )
}

function Warnings({ warnings }: { readonly warnings: readonly string[] }) {
  if (warnings.length === 0) return null
  return (
    <Alert color="yellow" title="Saved, but to be known" role="status">
      <List size="sm">
        {warnings.map((each) => (
          <List.Item key={each}>{each}</List.Item>
        ))}
      </List>
    </Alert>
  )
}

/**
 * What had the focus may be gone: the form that has closed, or the button for what is now there, or there no more. The
 * button that stands in its place has it then.
 */
function useFocusBack(isEditing: boolean, isConnected: boolean) {
  const opener = useRef<HTMLButtonElement>(null)
  const state = `${isEditing} ${isConnected}`
  const shown = useRef(state)
  useEffect(() => {
    if (shown.current !== state && document.activeElement === document.body) opener.current?.focus()
    shown.current = state
  }, [state])
  return opener
}
