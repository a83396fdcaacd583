import { Button, Center } from '@mantine/core'

interface Pages {
  readonly hasNextPage: boolean
  readonly isFetchingNextPage: boolean
  readonly fetchNextPage: () => unknown
}

/** Nothing when all is there. */
export function LoadMore({ pages }: { readonly pages: Pages }) {
  if (!pages.hasNextPage) return null
  return (
    <Center mt="md">
      <Button variant="default" loading={pages.isFetchingNextPage} onClick={() => void pages.fetchNextPage()}>
        Load more
      </Button>
    </Center>
  )
}
