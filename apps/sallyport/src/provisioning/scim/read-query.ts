import { parseFilter } from './filter/parse-filter.ts'
import type { Filter } from './filter/filter.ts'
import { badRequest, isScimDenial } from './scim-error.ts'
import type { ScimDenial } from './scim-error.ts'
import type { ResourceType } from './schema/attribute.ts'
import { readProjection } from './projection.ts'
import type { Projection } from './projection.ts'

export const MAX_COUNT = 200
const DEFAULT_COUNT = 100
const NUMBER = /^[+-]?\d{1,9}$/

export interface ListQuery {
  readonly filter?: Filter | undefined
  /** Counted from 1 (RFC 7644 §3.4.2.4). */
  readonly startIndex: number
  readonly count: number
  readonly projection: Projection
}

export type Query = Readonly<Record<string, string | undefined>>

/** Names of parameters compare with case; sorting is not supported, and so not minded (RFC 7644 §3.4.2.3). */
export function readListQuery(type: ResourceType, query: Query): ListQuery | ScimDenial {
  const projection = readProjection(type, query)
  if (isScimDenial(projection)) return projection
  const [startIndex, count] = [readNumber(query['startIndex'], 1), readNumber(query['count'], DEFAULT_COUNT)]
  if (startIndex === undefined || count === undefined) {
    return badRequest('invalidValue', 'startIndex and count must be whole numbers')
  }
  const filter = query['filter'] === undefined ? undefined : parseFilter(type, query['filter'])
  if (filter && isScimDenial(filter)) return filter
  // RFC 7644 §3.4.2.4: less than 1 means 1, a negative count means 0.
  return { filter, projection, startIndex: Math.max(1, startIndex), count: Math.min(Math.max(0, count), MAX_COUNT) }
}

const readNumber = (text: string | undefined, otherwise: number): number | undefined => {
  if (text === undefined || text === '') return otherwise
  return NUMBER.test(text) ? Number(text) : undefined
}
