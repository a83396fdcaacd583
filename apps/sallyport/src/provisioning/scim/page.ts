/** Which part of a list is asked for. */
export interface PageOf<Filter> {
  readonly filter?: Filter | undefined
  readonly offset: number
  readonly limit: number
}

/** That part, and how long the list is. */
export interface Page<Item> {
  readonly total: number
  readonly items: readonly Item[]
}

interface Listed<Filter, Item> {
  count(filter?: Filter): Promise<number>
  list(page: PageOf<Filter>): Promise<readonly Item[]>
}

/** By one statement for each of the two. */
export async function countAndList<Filter, Item>(
  { count, list }: Listed<Filter, Item>,
  page: PageOf<Filter>,
): Promise<Page<Item>> {
  const total = await count(page.filter)
  return { total, items: page.limit > 0 && page.offset < total ? await list(page) : [] }
}
