import { Radio, Stack, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { rolesUpTo } from '../../api/roles.ts'
import type { Role } from '../../api/roles.ts'
import { useSignedIn } from '../../session/session.ts'
import { useInstance } from '../../session/use-instance.ts'
import { useTeamspace } from '../../session/use-teamspace.ts'
import { EndField } from '../../ui/end-field.tsx'
import { endTime, dayFrom } from '../../ui/end-choice.ts'
import type { End } from '../../ui/end-choice.ts'
import { FormButtons } from '../../ui/form-buttons.tsx'
import { ProblemAlert } from '../../ui/problem-alert.tsx'
import { RoleField } from '../../ui/role-field.tsx'
import { mintErrors } from './mint-errors.ts'
import { ScopeFields } from './scope-fields.tsx'
import { EVERYTHING, toScopes } from './token-scopes.ts'
import { useMint } from './tokens-queries.ts'
import type { McpToken, MintedToken } from './tokens-queries.ts'

/** What a role means to a token. */
const ROLE_MEANS: Readonly<Record<Role, string>> = {
  developer: 'May call what the policy lets developers call.',
  admin: 'Rules about admins are about it, too.',
  owner: 'Rules about owners are about it, too.',
}

interface MintTokenProps {
  readonly onMinted: (minted: MintedToken) => void
  readonly onClose: () => void
}

export function MintToken({ onMinted, onClose }: MintTokenProps) {
  const { slug, name: teamspace, role: ownRole, manages } = useTeamspace()
  const { isOperator } = useSignedIn()
  const maxDays = useInstance().data?.mcpTokens.maxDays
  const mint = useMint(slug, onMinted)
  const form = useForm({
    initialValues: {
      name: '',
      holder: (manages ? 'teamspace' : 'member') as McpToken['holder'],
      role: 'developer' as Role,
      scopes: EVERYTHING,
      end: { choice: '90', date: dayFrom(Date.now(), 90) } as End,
    },
    validate: {
      scopes: ({ tools, names }) => (tools === 'named' && names.length === 0 ? 'Name a tool' : null),
    },
  })
  const { values, errors } = form
  const submit = ({ name, holder, role, scopes, end }: typeof values) => {
    const toolScopes = toScopes(scopes)
    const input = { name, holder, role, expires_at: endTime(end), ...(toolScopes && { tool_scopes: toolScopes }) }
    mint.mutate(input, { onError: (error) => form.setErrors(mintErrors(error)) })
  }
  return (
    <form onSubmit={form.onSubmit(submit)}>
      <Stack>
        <TextInput
          label="Name"
          description="Where it will be used, so that everybody knows what ends with it"
          placeholder={manages ? 'Nightly report' : 'Claude Desktop on my laptop'}
          required
          withAsterisk={false}
          maxLength={100}
          data-autofocus
          {...form.getInputProps('name')}
        />
        {manages && !isOperator && (
          <Radio.Group label="For whom" {...form.getInputProps('holder')}>
            <Stack gap="xs" mt="xs">
              <Radio
                value="teamspace"
                label={teamspace}
                description="For programs: it stays when you leave the teamspace."
              />
              <Radio
                value="member"
                label="Yourself"
                description="For your own clients: worth nothing once you are no member, and never more than your role."
              />
            </Stack>
          </Radio.Group>
        )}
        {rolesUpTo(ownRole).length > 1 && (
          <RoleField
            label="Role"
            roles={rolesUpTo(ownRole)}
            means={ROLE_MEANS}
            value={values.role}
            error={errors['role']}
            onChange={(role) => form.setFieldValue('role', role)}
          />
        )}
        <ScopeFields
          value={values.scopes}
          error={errors['scopes']}
          onChange={(scopes) => form.setFieldValue('scopes', scopes)}
        />
        <EndField
          label="Ends"
          value={values.end}
          maxDays={maxDays}
          error={errors['end']}
          onChange={(end) => form.setFieldValue('end', end)}
        />
        {Object.keys(errors).length === 0 && <ProblemAlert error={mint.error} />}
        <FormButtons action="Mint token" isPending={mint.isPending} onCancel={onClose} />
      </Stack>
    </form>
  )
}
