import { Accordion, Fieldset, SegmentedControl, Select, Stack, TagsInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import type { Role } from '../../api/roles.ts'
import { useTeamspace } from '../../session/use-teamspace.ts'
import { MemberField } from './member-field.tsx'
import { tokensQuery } from './policy-queries.ts'
import type { TryForm, TryValues } from './try-form.ts'

export function TryCaller({ form }: { readonly form: TryForm }) {
  const { slug } = useTeamspace()
  const { data: tokens = [] } = useQuery(tokensQuery(slug))
  const { as, token } = form.values
  return (
    <Fieldset legend="Who calls">
      <Stack gap="md">
        <SegmentedControl
          fullWidth
          aria-label="Kind of caller"
          value={as}
          onChange={(value) => form.setFieldValue('as', value as TryValues['as'])}
          data={[
            { value: 'role', label: 'Any member' },
            { value: 'member', label: 'A member' },
            { value: 'token', label: 'An MCP token' },
          ]}
        />
        {as === 'role' && (
          <Select
            label="Role"
            data={['developer', 'admin', 'owner']}
            allowDeselect={false}
            value={form.values.role}
            onChange={(role) => form.setFieldValue('role', (role ?? 'developer') as Role)}
          />
        )}
        {as === 'member' && (
          <MemberField
            value={form.values.member}
            onChange={(member) => form.setFieldValue('member', member)}
            error={form.errors['member']}
          />
        )}
        {as === 'token' && (
          <Select
            label="MCP token"
            description="With the role that it was minted for"
            data={tokens
              .filter(({ usable }) => usable)
              .map(({ id, name, prefix, role }) => ({ value: id, label: `${name} (${prefix}…, ${role})` }))}
            value={token?.id ?? null}
            onChange={(id) =>
              form.setFieldValue(
                'token',
                tokens.find((each) => each.id === id),
              )
            }
            searchable
            nothingFoundMessage="No token that can be used"
            error={form.errors['token']}
          />
        )}
        <Accordion
          variant="contained"
          styles={{ control: { minHeight: 40 }, label: { fontSize: 'var(--mantine-font-size-sm)', paddingBlock: 10 } }}
        >
          <Accordion.Item value="more">
            <Accordion.Control>Scopes and groups</Accordion.Control>
            <Accordion.Panel>
              <Stack gap="md">
                <TagsInput
                  label="Scopes of the token that they come with"
                  splitChars={[',', ' ']}
                  acceptValueOnBlur
                  {...form.getInputProps('scopes')}
                />
                <TagsInput
                  label="Groups, by id"
                  splitChars={[',']}
                  acceptValueOnBlur
                  {...form.getInputProps('groups')}
                />
              </Stack>
            </Accordion.Panel>
          </Accordion.Item>
        </Accordion>
      </Stack>
    </Fieldset>
  )
}
