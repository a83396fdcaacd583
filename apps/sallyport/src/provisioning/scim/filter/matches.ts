import { comparable } from './filter.ts'
import type { Comparison, Filter } from './filter.ts'

/** One value of a multi-valued attribute, by the canonical names of its sub-attributes. */
export type ComplexValue = Readonly<Record<string, string | boolean>>

/** Whether one value is what a value path means. */
export function matches(filter: Filter, value: ComplexValue): boolean {
  switch (filter.kind) {
    case 'and':
      return filter.parts.every((part) => matches(part, value))
    case 'or':
      return filter.parts.some((part) => matches(part, value))
    case 'not':
      return !matches(filter.filter, value)
    case 'present':
      return find(value, filter.path.attribute.name) !== undefined
    case 'compare':
      return holds(filter, value)
    case 'some':
      return false // values of values do not exist (RFC 7643 §2.3.8)
  }
}

const find = (value: ComplexValue, name: string) => (Object.hasOwn(value, name) ? value[name] : undefined)

function holds({ path, operator, value: operand }: Comparison, value: ComplexValue): boolean {
  const found = find(value, path.attribute.name)
  const has = found === undefined ? null : comparable(path.attribute, found)
  if (operator === 'eq') return has === operand
  if (operator === 'ne') return has !== operand
  if (has === null || operand === null) return false
  switch (operator) {
    case 'co':
      return has.includes(operand)
    case 'sw':
      return has.startsWith(operand)
    case 'ew':
      return has.endsWith(operand)
    default:
      return isInOrder(operator, Buffer.compare(Buffer.from(has), Buffer.from(operand)))
  }
}

function isInOrder(operator: 'gt' | 'ge' | 'lt' | 'le', order: number): boolean {
  if (order === 0) return operator === 'ge' || operator === 'le'
  return order > 0 ? operator === 'gt' || operator === 'ge' : operator === 'lt' || operator === 'le'
}
