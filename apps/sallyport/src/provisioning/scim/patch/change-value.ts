import type { AttributeValue, ComplexValue } from '../document/document.ts'
import { isObject, mergeComplex, onePrimary, readValue } from '../document/read-value.ts'
import type { Filter } from '../filter/filter.ts'
import { matches } from '../filter/matches.ts'
import { reject } from '../scim-error.ts'
import type { Attribute } from '../schema/attribute.ts'
import { addValues, withoutValues } from './values.ts'
import type { PatchPath } from './patch-path.ts'

type Value = AttributeValue | undefined

interface Change {
  readonly op: 'add' | 'replace'
  readonly value: unknown
}

/** An attribute's value after an `add` or a `replace`. */
export function changeValue(path: PatchPath, before: Value, { op, value }: Change): Value {
  const { attribute, sub, filter } = path
  if (!attribute.multiValued) return changeOne(attribute, sub, before, { op, value })
  const values = (before ?? []) as readonly ComplexValue[]
  if (filter) return changeMatching(attribute, values, { filter, input: inputFor(sub, value) })
  if (sub) {
    const input = inputFor(sub, value)
    return listOf((values.length > 0 ? values : [{}]).map((each) => mergeComplex(attribute, each, input)))
  }
  const read = (readValue(attribute, value) ?? []) as readonly ComplexValue[]
  return listOf(op === 'add' ? addValues(values, read) : read)
}

/** What is left of an attribute's value after a `remove`. Entra says what to remove in `value`, RFC 7644 in the path. */
export function removeValue({ attribute, sub, filter }: PatchPath, before: Value, value: unknown): Value {
  if (!attribute.multiValued) {
    return sub && isObject(before) ? mergeComplex(attribute, before as ComplexValue, { [sub.name]: null }) : undefined
  }
  const values = (before ?? []) as readonly ComplexValue[]
  const isMeant = (each: ComplexValue) => filter === undefined || matches(filter, each)
  if (sub) {
    return listOf(values.map((each) => (isMeant(each) ? mergeComplex(attribute, each, { [sub.name]: null }) : each)))
  }
  if (filter) return listOf(values.filter((each) => !isMeant(each)))
  if (value === undefined || value === null) return undefined
  return listOf(withoutValues(values, (readValue(attribute, value) ?? []) as readonly ComplexValue[]))
}

function changeOne(attribute: Attribute, sub: Attribute | undefined, before: Value, { op, value }: Change): Value {
  const known = (before ?? {}) as ComplexValue
  if (sub) return mergeComplex(attribute, known, { [sub.name]: value })
  if (attribute.type === 'complex' && isObject(value)) return mergeComplex(attribute, known, value)
  const read = readValue(attribute, value)
  return read === undefined && op === 'add' ? before : read
}

const inputFor = (sub: Attribute | undefined, value: unknown): Record<string, unknown> => {
  if (sub) return { [sub.name]: value }
  return isObject(value) ? value : { value }
}

/** Entra replaces values that are not there yet: they are made, where the filter says what they would look like. */
function changeMatching(
  attribute: Attribute,
  values: readonly ComplexValue[],
  { filter, input }: { readonly filter: Filter; readonly input: Record<string, unknown> },
): Value {
  const isThere = values.some((each) => matches(filter, each))
  const all = isThere ? values : [...values, modelOf(filter) ?? reject('noTarget', 'No value matches the path')]
  const changed = all.map((each) => (matches(filter, each) ? mergeComplex(attribute, each, input) : each))
  return listOf(changed)
}

/** The value that a filter describes, when it says nothing but what is equal. */
function modelOf(filter: Filter): ComplexValue | undefined {
  if (filter.kind === 'and') {
    const parts = filter.parts.map(modelOf)
    return parts.includes(undefined) ? undefined : (Object.assign({}, ...parts) as ComplexValue)
  }
  if (filter.kind !== 'compare' || filter.operator !== 'eq' || filter.value === null) return undefined
  const { attribute } = filter.path
  return { [attribute.name]: attribute.type === 'boolean' ? filter.value === 'true' : filter.value }
}

function listOf(values: readonly (ComplexValue | undefined)[]): Value {
  const present = onePrimary(values.filter((value) => value !== undefined))
  return present.length === 0 ? undefined : present
}
