import { Radio, Stack } from '@mantine/core'
import type { ReactNode } from 'react'
import type { Role } from '../api/roles.ts'

const MEANS: Readonly<Record<Role, string>> = {
  developer: 'Calls servers as the policy lets members, and handles their own MCP tokens.',
  admin: 'Also manages members, connections, policy and provisioning, and reads the audit trail.',
  owner: 'Also renames and deletes the teamspace, and makes others owners.',
}

interface RoleFieldProps {
  readonly label: string
  readonly description?: ReactNode
  readonly roles: readonly Role[]
  readonly value: Role
  readonly error?: ReactNode
  /** What each role means where it is not a person who gets it. */
  readonly means?: Readonly<Record<Role, string>>
  readonly onChange: (role: Role) => void
}

export function RoleField({ label, description, roles, value, error, means = MEANS, onChange }: RoleFieldProps) {
  return (
    <Radio.Group
      label={label}
      value={value}
      onChange={(role) => onChange(role as Role)}
      {...(description !== undefined && { description })}
      {...(error !== undefined && { error })}
    >
      <Stack gap="xs" mt="xs">
        {roles.map((role) => (
          <Radio key={role} value={role} label={role} description={means[role]} />
        ))}
      </Stack>
    </Radio.Group>
  )
}
