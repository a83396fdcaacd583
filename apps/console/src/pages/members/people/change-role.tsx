import { Alert, Skeleton, Stack, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { ProblemError } from '../../../api/client.ts'
import { rolesUpTo } from '../../../api/roles.ts'
import type { Role } from '../../../api/roles.ts'
import { useTeamspace } from '../../../session/use-teamspace.ts'
import { FormButtons } from '../../../ui/form-buttons.tsx'
import { notifyDone } from '../../../ui/notify.ts'
import { ProblemAlert } from '../../../ui/problem-alert.tsx'
import { RoleField } from '../../../ui/role-field.tsx'
import { memberQuery, useChangeRole } from '../members-queries.ts'
import type { Member } from '../members-queries.ts'

/** Asks for the member anew: the change is only made of what was seen here. */
export function ChangeRole({ member, onClose }: { readonly member: Member; readonly onClose: () => void }) {
  const { slug, role: ownRole } = useTeamspace()
  const { data, error, refetch } = useQuery(memberQuery(slug, member.id))
  const change = useChangeRole(slug, member.id)
  const [chosen, setChosen] = useState<Role>()
  if (!data) return error ? <ProblemAlert error={error} /> : <Skeleton height={260} />
  const role = chosen ?? data.body.role
  const submit = () =>
    change.mutate(
      { role, ifMatch: data.etag },
      {
        onSuccess: () => {
          notifyDone(`${member.email} is ${role} now`)
          onClose()
        },
        onError: (problem) => {
          if (!isOutdated(problem)) return
          setChosen(undefined)
          void refetch()
        },
      },
    )
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        submit()
      }}
    >
      <Stack>
        <RoleField label={`Role of ${member.email}`} roles={rolesUpTo(ownRole)} value={role} onChange={setChosen} />
        <Text size="sm" c="dimmed">
          {data.body.role === 'owner' && 'The last owner stays one until somebody else is owner, too. '}
          It counts from their next call. MCP tokens that they hold never have a higher role than they do.
        </Text>
        {isOutdated(change.error) ? (
          <Alert color="yellow" role="alert">
            Somebody else has made {member.email} {data.body.role} meanwhile. Say again what they are to be.
          </Alert>
        ) : (
          <ProblemAlert error={change.error} />
        )}
        <FormButtons action="Change the role" isPending={change.isPending} onCancel={onClose} />
      </Stack>
    </form>
  )
}

/** Somebody else was quicker. */
const isOutdated = (error: unknown): boolean => error instanceof ProblemError && error.status === 412
