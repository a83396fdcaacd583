import { Skeleton, Stack, VisuallyHidden } from '@mantine/core'

/** As much room as the rows will take, so that nothing jumps when they arrive. */
export function RowsSkeleton({ rows = 5, height = 44 }: { readonly rows?: number; readonly height?: number }) {
  return (
    <Stack gap="xs" role="status">
      <VisuallyHidden>Loading</VisuallyHidden>
      {Array.from({ length: rows }, (_, row) => (
        <Skeleton key={row} height={height} />
      ))}
    </Stack>
  )
}
