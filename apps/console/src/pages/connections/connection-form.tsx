import { Button, Group, Stack } from '@mantine/core'
import { useForm } from '@mantine/form'
import type { UseFormReturnType } from '@mantine/form'
import { useEffect, useRef, useState } from 'react'
import type { ReactNode } from 'react'
import { useTeamspace } from '../../session/use-teamspace.ts'
import { Confirm } from '../../ui/confirm.tsx'
import { ProblemError } from '../../api/client.ts'
import { ProblemAlert } from '../../ui/problem-alert.tsx'
import type { ConnectionKind, ConnectionOf } from './connection.ts'
import { useSaveConnection, useTestTarget } from './connections-queries.ts'
import type { Saved } from './connections-queries.ts'
import { errorsByField } from './form-shape.ts'
import type { FormShape } from './form-shape.ts'
import { KINDS } from './kinds.ts'
import { orphansSaid, OrphansWords } from './orphans.tsx'
import { TestResult } from './test-result.tsx'

interface ConnectionFormProps<Kind extends ConnectionKind, Values extends object> {
  readonly kind: Kind
  readonly shape: FormShape<Values, ConnectionOf<Kind>>
  readonly connection: ConnectionOf<Kind> | undefined
  readonly etag: string | undefined
  readonly fields: (form: UseFormReturnType<Values>) => ReactNode
  readonly onSaved: (saved: Saved) => void
  readonly onCancel: () => void
  /** Begins again with what is saved now. */
  readonly onReload: () => void
}

/** Fills in one connection, tests what is typed, and saves it. */
export function ConnectionForm<Kind extends ConnectionKind, Values extends object>(
  props: ConnectionFormProps<Kind, Values>,
) {
  const { kind, shape, connection, etag, fields, onSaved, onCancel, onReload } = props
  const { slug } = useTeamspace()
  const element = useRef<HTMLFormElement>(null)
  const form = useForm<Values>({ initialValues: shape.toValues(connection), validate: shape.validate })
  const save = useSaveConnection(slug, kind)
  const test = useTestTarget(slug, kind)
  const [tested, setTested] = useState<string>()
  const target = shape.toTarget(form.values)
  const orphans = orphansSaid(save.error, shape.identifies)

  useEffect(() => element.current?.querySelector<HTMLElement>('[data-first-field]')?.focus(), [])

  /** To the first field that is not right, as soon as it says so. */
  const focusError = () =>
    requestAnimationFrame(() => element.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus())
  const showErrors = (error: unknown) => {
    form.setErrors(errorsByField(error, shape.fieldOf))
    focusError()
  }
  const submit = (confirmOrphans = false) =>
    save.mutate(
      { settings: shape.toSettings(form.values), ifMatch: etag, confirmOrphans },
      { onSuccess: onSaved, onError: (error) => !orphansSaid(error, shape.identifies) && showErrors(error) },
    )
  const runTest = () => {
    setTested(JSON.stringify(target))
    test.mutate(target, { onError: showErrors })
  }
  // What was found out about other values says nothing about these.
  const isOfThese = tested === JSON.stringify(target)
  const rest = (error: unknown) => (Object.keys(errorsByField(error, shape.fieldOf)).length === 0 ? error : undefined)

  return (
    <form ref={element} onSubmit={form.onSubmit(() => submit(), focusError)} noValidate aria-label={KINDS[kind].title}>
      <Stack gap="lg">
        {fields(form)}
        <TestResult kind={kind} result={isOfThese ? test.data : undefined} />
        <ProblemAlert error={isOfThese && rest(test.error)} />
        {!orphans && <ProblemAlert error={rest(save.error)} />}
        {isStale(save.error) && (
          <Button variant="light" onClick={onReload} style={{ alignSelf: 'flex-start' }}>
            Discard mine, and show what is saved now
          </Button>
        )}
        <Group justify="space-between">
          <Button variant="default" onClick={runTest} loading={test.isPending}>
            Test connection
          </Button>
          <Group gap="xs">
            <Button variant="default" onClick={onCancel}>
              Cancel
            </Button>
            <Button type="submit" loading={save.isPending}>
              Save
            </Button>
          </Group>
        </Group>
      </Stack>
      <Confirm
        opened={orphans !== undefined}
        title="People would lose access"
        says={<OrphansWords said={orphans} source={KINDS[kind].source} />}
        action="Save, and let them lose access"
        isPending={save.isPending}
        onConfirm={() => submit(true)}
        onClose={() => save.reset()}
      />
    </form>
  )
}

/** Somebody else saved meanwhile. */
const isStale = (error: unknown): boolean => error instanceof ProblemError && error.status === 412
