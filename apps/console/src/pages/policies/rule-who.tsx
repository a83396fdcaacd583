import { Fieldset, MultiSelect, Stack, TagsInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import type { Role } from '../../api/roles.ts'
import { useTeamspace } from '../../session/use-teamspace.ts'
import { MembersField } from './members-field.tsx'
import type { Who } from './policy.ts'
import { tokensQuery } from './policy-queries.ts'
import type { RulePart } from './rule-part.ts'

/** Whom the rule concerns. Ids of people and tokens are kept: a name that moves on takes nothing along. */
export function RuleWho({ rule, change, errorOf }: RulePart) {
  const { slug } = useTeamspace()
  const { data: tokens = [] } = useQuery(tokensQuery(slug))
  const who = rule.who ?? {}
  const set = (part: Who) => {
    const stated = Object.entries({ ...who, ...part }).filter(([, list]) => list.length > 0)
    change({ who: Object.fromEntries(stated) as Who })
  }
  const gone = (who.tokens ?? []).filter((id) => id !== '*' && !tokens.some((token) => token.id === id))
  const offered = tokens.filter(({ id, usable }) => usable || who.tokens?.includes(id))
  return (
    <Fieldset legend="Whom it concerns">
      <Stack gap="md">
        <MultiSelect
          label="Roles"
          description="None named: every role. Each field that is filled in must hold"
          data={ROLES}
          value={[...(who.roles ?? [])]}
          onChange={(roles) => set({ roles: roles as Role[] })}
          error={errorOf('who.roles')}
          clearable
          clearButtonProps={{ 'aria-label': 'Clear roles' }}
        />
        <MembersField
          value={who.members ?? []}
          onChange={(members) => set({ members })}
          error={errorOf('who.members')}
        />
        <MultiSelect
          label="MCP tokens"
          data={[
            { value: '*', label: 'Any MCP token' },
            ...offered.map(({ id, name, prefix }) => ({ value: id, label: `${name} (${prefix}…)` })),
            ...gone.map((id) => ({ value: id, label: `${id.slice(0, 8)}… (gone)` })),
          ]}
          value={[...(who.tokens ?? [])]}
          onChange={(chosen) => set({ tokens: chosen })}
          error={errorOf('who.tokens')}
          searchable
          clearable
          clearButtonProps={{ 'aria-label': 'Clear tokens' }}
          nothingFoundMessage="No such token"
        />
        <TagsInput
          label="Groups"
          description="Ids, as the identity provider gives them; in Entra the object ID of the group"
          value={[...(who.groups ?? [])]}
          onChange={(groups) => set({ groups })}
          error={errorOf('who.groups')}
          splitChars={[',']}
          acceptValueOnBlur
        />
        <TagsInput
          label="Scopes"
          description="All of them must be in the access token or MCP token"
          value={[...(who.scopes ?? [])]}
          onChange={(scopes) => set({ scopes })}
          error={errorOf('who.scopes')}
          splitChars={[',', ' ']}
          acceptValueOnBlur
        />
      </Stack>
    </Fieldset>
  )
}

const ROLES: { readonly value: Role; readonly label: string }[] = [
  { value: 'owner', label: 'owner' },
  { value: 'admin', label: 'admin' },
  { value: 'developer', label: 'developer' },
]
