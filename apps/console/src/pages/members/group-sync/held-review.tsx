import { Alert, Stack, Text } from '@mantine/core'
import { useInfiniteQuery } from '@tanstack/react-query'
import { ProblemError } from '../../../api/client.ts'
import { useTeamspace } from '../../../session/use-teamspace.ts'
import { Question } from '../../../ui/confirm.tsx'
import { LoadMore } from '../../../ui/load-more.tsx'
import { notifyDone } from '../../../ui/notify.ts'
import { ProblemAlert } from '../../../ui/problem-alert.tsx'
import { RowsSkeleton } from '../../../ui/rows-skeleton.tsx'
import { heldQuery, useConfirmRun } from './group-sync-queries.ts'
import { HeldTable } from './held-table.tsx'

interface HeldReviewProps {
  readonly runId: string
  readonly onClose: () => void
}

/** Whom the run would take out. What is confirmed is this list: when it is another by then, it is shown again. */
export function HeldReview({ runId, onClose }: HeldReviewProps) {
  const { slug } = useTeamspace()
  const pages = useInfiniteQuery({ ...heldQuery(slug, runId), refetchOnWindowFocus: false })
  const confirm = useConfirmRun(slug)
  // The first page names what was looked at: later ones of another list make it outdated, as the server will say.
  const first = pages.data?.pages[0]
  if (!first) return pages.error ? <ProblemAlert error={pages.error} /> : <RowsSkeleton rows={4} />
  const people = pages.data?.pages.flatMap((page) => page.people) ?? []
  const submit = () =>
    confirm.mutate(
      { id: runId, list: first.list },
      {
        onSuccess: () => {
          notifyDone('Confirmed. The group is read again now.')
          onClose()
        },
        onError: (error) => void (isOutdated(error) && pages.refetch()),
      },
    )
  return (
    <Stack>
      <Text size="sm" role="status">
        {sayTotals(first)}
      </Text>
      {people.length > 0 && <HeldTable people={people} />}
      <LoadMore pages={pages} />
      {isOutdated(confirm.error) && !pages.error && (
        <Alert color="yellow" role="alert">
          {confirm.error.message}. Nobody was taken out; what you see is the list as it is now.
        </Alert>
      )}
      <Question
        key={first.list}
        says={
          <Text size="sm">
            The group is read again, and nobody is taken out but those who are missing still. Their access ends with the
            next call, and MCP tokens that they hold end for good.
          </Text>
        }
        name={slug}
        action="Confirm the removal"
        isPending={confirm.isPending}
        error={pages.error ?? (isOutdated(confirm.error) ? null : confirm.error)}
        onConfirm={submit}
        onClose={onClose}
      />
    </Stack>
  )
}

function sayTotals({ total, losing }: { readonly total: number; readonly losing: number }): string {
  const stay = total - losing
  const gone = losing === 1 ? '1 person would lose access' : `${losing.toLocaleString('en')} people would lose access`
  return stay === 0
    ? `${gone}.`
    : `${gone}; ${stay.toLocaleString('en')} left the group, but ${stay === 1 ? 'stays' : 'stay'} by another source.`
}

/** Or somebody else was quicker; the list, read again, says which. */
const isOutdated = (error: unknown): error is ProblemError => error instanceof ProblemError && error.status === 409
