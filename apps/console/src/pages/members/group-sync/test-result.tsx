import { Alert } from '@mantine/core'
import { IconAlertTriangle, IconCircleCheck } from '@tabler/icons-react'
import type { SyncTest } from './group-sync-queries.ts'

/** Each failure says itself what to do about it. */
export function TestResult({ result }: { readonly result: SyncTest | undefined }) {
  if (!result) return null
  return result.outcome === 'ok' ? (
    <Alert color="teal" role="status" icon={<IconCircleCheck aria-hidden />} title={result.says}>
      Nothing was changed.
    </Alert>
  ) : (
    <Alert color="red" role="alert" icon={<IconAlertTriangle aria-hidden />} title="The test did not succeed">
      {result.says}
    </Alert>
  )
}
