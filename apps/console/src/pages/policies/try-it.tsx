import { Button, Grid, Group, Paper, SegmentedControl, Stack, Text } from '@mantine/core'
import { useForm } from '@mantine/form'
import { IconPlayerPlay } from '@tabler/icons-react'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useEffect, useRef, useState } from 'react'
import { useTeamspace } from '../../session/use-teamspace.ts'
import { fieldErrors } from '../../ui/form-errors.ts'
import { ProblemAlert } from '../../ui/problem-alert.tsx'
import { memberQuery } from './policy-queries.ts'
import { tryCase } from './try-case.ts'
import { argsProblem, NOTHING_ASKED, toCase } from './try-form.ts'
import { TryAction } from './try-action.tsx'
import { TryCaller } from './try-caller.tsx'
import { TryResult } from './try-result.tsx'
import type { PolicyDraft } from './use-policy-draft.ts'

interface TryItProps {
  readonly draft: PolicyDraft
  /** To the rules, to change one. */
  readonly onRules: () => void
}

/** What the policy would decide, before anybody is refused by it. Nothing is called, and nothing is saved. */
export function TryIt({ draft, onRules }: TryItProps) {
  const { slug } = useTeamspace()
  const client = useQueryClient()
  const [wanted, setWanted] = useState<'saved' | 'draft'>('draft')
  const against = draft.isChanged ? wanted : 'saved'
  const form = useForm({
    initialValues: NOTHING_ASKED,
    validate: {
      server: (server) => (server === '' ? 'Choose a server' : null),
      target: (target) => (target === '' ? 'Say which' : null),
      args: argsProblem,
      member: (member, { as }) => (as === 'member' && !member ? 'Choose a member' : null),
      token: (token, { as }) => (as === 'token' && !token ? 'Choose a token' : null),
    },
  })
  const attempt = useMutation({
    mutationFn: async (values: typeof form.values) => {
      const holder = values.as === 'token' ? values.token?.holder_member_id : undefined
      const held = holder ? await client.fetchQuery(memberQuery(slug, holder)) : undefined
      return tryCase(slug, toCase(values, held?.role), {
        draft: against === 'draft' ? draft.document : undefined,
        base: draft.base.document,
      })
    },
    onError: (error) => form.setErrors(placed(fieldErrors(error, Object.keys(PLACES)))),
  })
  const result = useRef<HTMLDivElement>(null)
  useEffect(() => {
    if (attempt.data) result.current?.scrollIntoView({ block: 'nearest' })
  }, [attempt.data])
  return (
    <Grid gap="lg">
      <Grid.Col span={{ base: 12, md: 6 }}>
        <Paper withBorder p="md">
          <form onSubmit={form.onSubmit((values) => attempt.mutate(values))}>
            <Stack gap="lg">
              {draft.isChanged && (
                <SegmentedControl
                  fullWidth
                  aria-label="Which policy"
                  value={against}
                  onChange={(value) => setWanted(value === 'saved' ? 'saved' : 'draft')}
                  data={[
                    { value: 'draft', label: 'As edited' },
                    { value: 'saved', label: 'In force now' },
                  ]}
                />
              )}
              <TryCaller form={form} />
              <TryAction form={form} />
              <Group justify="flex-end">
                <Button
                  type="submit"
                  leftSection={<IconPlayerPlay size={16} aria-hidden />}
                  loading={attempt.isPending}
                >
                  Try it
                </Button>
              </Group>
            </Stack>
          </form>
        </Paper>
      </Grid.Col>
      <Grid.Col span={{ base: 12, md: 6 }}>
        <div ref={result} role="status" aria-label="Decision" style={IN_SIGHT}>
          <ProblemAlert error={attempt.error} mb="md" />
          {attempt.data && <TryResult tried={attempt.data} onRules={onRules} />}
          {!attempt.data && !attempt.error && (
            <Paper withBorder p="xl">
              <Text c="dimmed" ta="center">
                Say who calls what, and see here what the policy answers, by which rule, and what would change it. No
                server is called.
              </Text>
            </Paper>
          )}
        </div>
      </Grid.Col>
    </Grid>
  )
}

/** Beside a form that is longer than the window, and below the header. */
const IN_SIGHT = { position: 'sticky', top: 72, scrollMarginTop: 72, scrollMarginBottom: 16 } as const

/** Fields of the form by the path that the API names them by. */
const PLACES: Readonly<Record<string, string>> = {
  'cases.0.caller.member': 'member',
  'cases.0.caller.token': 'token',
  'cases.0.server': 'server',
  'cases.0.tool': 'target',
  'cases.0.prompt': 'target',
  'cases.0.resource': 'target',
  'cases.0.method': 'target',
  'cases.0.args': 'args',
  'cases.0.address': 'address',
}

const placed = (errors: Record<string, string>): Record<string, string> =>
  Object.fromEntries(Object.entries(errors).map(([path, says]) => [PLACES[path]!, says]))
