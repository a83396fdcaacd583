import type { UseFormReturnType } from '@mantine/form'
import type { Role } from '../../api/roles.ts'
import type { NamedMember, NamedToken } from './policy-queries.ts'
import type { ToolClass } from './policy.ts'
import type { Caller, Kind, PolicyCase } from './try-case.ts'

export interface TryValues {
  readonly as: 'role' | 'member' | 'token'
  readonly role: Role
  readonly member: NamedMember | undefined
  readonly token: NamedToken | undefined
  readonly groups: string[]
  readonly scopes: string[]
  readonly server: string
  readonly kind: Kind
  readonly target: string
  readonly toolClass: ToolClass | ''
  readonly args: string
  readonly address: string
  /** Undefined for now. */
  readonly at: string | undefined
}

export type TryForm = UseFormReturnType<TryValues>

export const NOTHING_ASKED: TryValues = {
  as: 'role',
  role: 'developer',
  member: undefined,
  token: undefined,
  groups: [],
  scopes: [],
  server: '',
  kind: 'tool',
  target: '',
  toolClass: '',
  args: '',
  address: '',
  at: undefined,
}

export function argsProblem(text: string): string | null {
  if (text.trim() === '') return null
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? null : 'Must be a JSON object'
  } catch {
    return 'This is no JSON'
  }
}

/** `holderRole`: of whoever holds the token that is asked with, at whom rules that deny look, too. */
export function toCase(values: TryValues, holderRole?: Role): PolicyCase {
  const { server, kind, target, toolClass, args, address, at } = values
  return {
    caller: { ...toCaller(values), ...(holderRole && { holder_role: holderRole }) },
    server,
    [kind]: target,
    ...(kind === 'tool' && toolClass !== '' && { class: toolClass }),
    ...(kind !== 'method' && args.trim() !== '' && { args: JSON.parse(args) as Record<string, unknown> }),
    ...(address !== '' && { address }),
    ...(at !== undefined && { at }),
  }
}

function toCaller({ as, role, member, token, groups, scopes }: TryValues): Caller {
  const claims = { ...(groups.length > 0 && { groups }), ...(scopes.length > 0 && { scopes }) }
  if (as === 'member' && member) return { role: member.role, member: member.id, ...claims }
  if (as !== 'token' || !token) return { role, ...claims }
  const holder = token.holder_member_id
  return { role: token.role, token: token.id, ...(holder !== null && { member: holder }), ...claims }
}
