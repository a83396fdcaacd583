import { SegmentedControl, Stack, Text, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { rolesUpTo } from '../../../api/roles.ts'
import type { Role } from '../../../api/roles.ts'
import { useTeamspace } from '../../../session/use-teamspace.ts'
import { fieldErrors } from '../../../ui/form-errors.ts'
import { FormButtons } from '../../../ui/form-buttons.tsx'
import { notifyDone } from '../../../ui/notify.ts'
import { ProblemAlert } from '../../../ui/problem-alert.tsx'
import { RoleField } from '../../../ui/role-field.tsx'
import { useAddMember } from '../members-queries.ts'
import type { ConnectionKind, NewMember } from '../members-queries.ts'
import { IDENTIFIERS } from './identifiers.ts'

const FIELDS = ['email', 'displayName', 'objectId', 'subject', 'serviceAccount', 'role']

interface AddMemberProps {
  /** Of the teamspace's connections, at least one. */
  readonly kinds: readonly ConnectionKind[]
  readonly onClose: () => void
}

export function AddMember({ kinds, onClose }: AddMemberProps) {
  const { slug, role: ownRole } = useTeamspace()
  const add = useAddMember(slug)
  const form = useForm({
    initialValues: { kind: kinds[0] ?? 'entra', email: '', displayName: '', identifier: '', role: 'developer' as Role },
  })
  const { kind, role } = form.values
  const identifier = IDENTIFIERS[kind]
  const submit = ({ email, displayName, identifier: value, role }: typeof form.values) => {
    const labels = { ...(email !== '' && { email }), ...(displayName !== '' && { displayName }) }
    const member: NewMember = { ...labels, [identifier.field]: value, role }
    add.mutate(member, {
      onSuccess: ({ created, member: added }) => {
        notifyDone(created ? `${added.email} is a member now` : `${added.email} was a member already`)
        onClose()
      },
      onError: (error) => {
        const { [identifier.field]: ofIdentifier, ...others } = fieldErrors(error, FIELDS)
        form.setErrors({ ...others, ...(ofIdentifier !== undefined && { identifier: ofIdentifier }) })
      },
    })
  }
  return (
    <form onSubmit={form.onSubmit(submit)}>
      <Stack>
        {kinds.length > 1 && (
          <SegmentedControl
            aria-label="How they prove themselves"
            data={kinds.map((each) => ({ value: each, label: IDENTIFIERS[each].connection }))}
            {...form.getInputProps('kind')}
          />
        )}
        <TextInput
          label="E-mail"
          description={`What people call them; never what they are recognised by.${kind === 'kubernetes' ? ' May be left out.' : ''}`}
          autoComplete="off"
          required={kind !== 'kubernetes'}
          withAsterisk={false}
          data-autofocus
          {...form.getInputProps('email')}
        />
        <TextInput
          label="Name"
          description="May be left out."
          maxLength={256}
          autoComplete="off"
          {...form.getInputProps('displayName')}
        />
        <TextInput
          label={identifier.label}
          description={identifier.description}
          placeholder={identifier.placeholder}
          autoComplete="off"
          spellCheck={false}
          required
          withAsterisk={false}
          {...form.getInputProps('identifier')}
        />
        <RoleField
          label="Role"
          roles={rolesUpTo(ownRole)}
          value={role}
          error={form.errors['role']}
          onChange={(value) => form.setFieldValue('role', value)}
        />
        {Object.keys(form.errors).length === 0 && <ProblemAlert error={add.error} />}
        <Text size="sm" c="dimmed">
          They can call servers at once. Nothing is sent to them: give them the address from the setup guide.
        </Text>
        <FormButtons action="Add member" isPending={add.isPending} onCancel={onClose} />
      </Stack>
    </form>
  )
}
