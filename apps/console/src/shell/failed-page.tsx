import { Button } from '@mantine/core'
import { Notice } from './notice.tsx'

/** What no page was prepared for. */
export function FailedPage() {
  return (
    <div role="alert">
      <Notice
        title="This page broke"
        says="Nothing was changed. Loading it again may help; the browser’s console says what happened."
        isWhole
      >
        <Button variant="default" onClick={() => window.location.reload()}>
          Load again
        </Button>
      </Notice>
    </div>
  )
}
