import { pathKey } from '../schema/attribute-path.ts'
import type { Filter } from './filter.ts'

/** Attributes of which a teamspace has each value once, behind an index. */
const KEYS: ReadonlySet<string> = new Set(['id', 'userName', 'externalId'])

/** Whether an index finds the few resources that can match, so that not all have to be looked at. */
export function isSelective(filter: Filter): boolean {
  switch (filter.kind) {
    case 'and':
      return filter.parts.some(isSelective)
    case 'or':
      return filter.parts.every(isSelective)
    case 'compare':
      return filter.operator === 'eq' && filter.value !== null && KEYS.has(pathKey(filter.path))
    default:
      return false
  }
}
