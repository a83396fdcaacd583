import type { Attribute } from '../schema/attribute.ts'
import { comparable } from './filter.ts'
import type { Operand, Operator } from './filter.ts'

export type Literal = string | boolean | null

const EQUALITY: readonly Operator[] = ['eq', 'ne']
const TEXT_ONLY: readonly Operator[] = ['co', 'sw', 'ew']

/** What is compared with; undefined when it fits neither the attribute nor the operator. */
export function toOperand(attribute: Attribute, operator: Operator, literal: Literal): Operand | undefined {
  if (literal === null) return EQUALITY.includes(operator) ? null : undefined
  switch (attribute.type) {
    case 'boolean':
      return EQUALITY.includes(operator) ? toBoolean(literal) : undefined // RFC 7644 §3.4.2.2: no order
    case 'dateTime':
      return TEXT_ONLY.includes(operator) ? undefined : toTime(literal)
    default:
      return typeof literal === 'string' ? comparable(attribute, literal) : undefined
  }
}

/** Entra writes booleans as strings. */
function toBoolean(literal: string | boolean): string | undefined {
  const text = String(literal).toLowerCase()
  return text === 'true' || text === 'false' ? text : undefined
}

const TIME = /^\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:\d\d)?)?$/i

function toTime(literal: string | boolean): string | undefined {
  if (typeof literal !== 'string' || !TIME.test(literal)) return undefined
  const at = Date.parse(literal)
  return Number.isNaN(at) ? undefined : new Date(at).toISOString()
}
