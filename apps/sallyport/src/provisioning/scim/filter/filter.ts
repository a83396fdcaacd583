import type { Attribute } from '../schema/attribute.ts'
import type { AttributePath } from '../schema/attribute-path.ts'

export const OPERATORS = ['eq', 'ne', 'co', 'sw', 'ew', 'gt', 'ge', 'lt', 'le'] as const
export type Operator = (typeof OPERATORS)[number]

/** A value that has one spelling: text that compares without case is folded, times are RFC 3339 in UTC. Null is no value. */
export type Operand = string | null

export interface Comparison {
  readonly kind: 'compare'
  readonly path: AttributePath
  readonly operator: Operator
  readonly value: Operand
}

/**
 * A filter (RFC 7644 §3.4.2.2), of attributes that exist and values that fit them. Each part is true or false: an attribute
 * without a value is equal to nothing, and so `ne` everything. Of several values one that matches is enough.
 */
export type Filter =
  | { readonly kind: 'and' | 'or'; readonly parts: readonly Filter[] }
  | { readonly kind: 'not'; readonly filter: Filter }
  | Comparison
  | { readonly kind: 'present'; readonly path: AttributePath }
  /** Of a multi-valued attribute: whether one value matches. Paths inside start at its sub-attributes. */
  | { readonly kind: 'some'; readonly path: AttributePath; readonly filter: Filter }

/** Text as it compares: RFC 7643 §2.2 has most attributes compare without case. */
export const fold = (text: string): string => text.normalize('NFC').toLowerCase()

/** A value as it compares. */
export function comparable(attribute: Attribute, value: string | boolean): string {
  if (typeof value === 'boolean') return String(value)
  return attribute.caseExact ? value : fold(value)
}
