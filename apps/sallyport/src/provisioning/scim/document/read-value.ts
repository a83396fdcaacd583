import { isStorable } from '../filter/tokenize.ts'
import { reject } from '../scim-error.ts'
import { findAttribute } from '../schema/attribute.ts'
import type { Attribute } from '../schema/attribute.ts'
import type { AttributeValue, ComplexValue } from './document.ts'

const MAX_CHARACTERS = 16_384
const MAX_VALUES = 100
export const MAX_MEMBERS = 20_000

export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/**
 * A value as it is kept, undefined when there is none: null, an empty text and an empty list are no values (RFC 7643 §2.5).
 * Takes what Entra sends: booleans as text, one value where a list is due, and a text for an object's `value`.
 */
export function readValue(attribute: Attribute, input: unknown): AttributeValue | undefined {
  if (!attribute.multiValued) return readOne(attribute, input)
  const all = Array.isArray(input) ? input : [input]
  const most = attribute.name === 'members' ? MAX_MEMBERS : MAX_VALUES
  if (all.length > most) reject('invalidValue', `${attribute.name} has at most ${most} values`)
  const values = all.map((each) => readOne(attribute, each) as ComplexValue | undefined)
  const present = onePrimary(values.filter((value) => value !== undefined))
  return present.length === 0 ? undefined : present
}

function readOne(attribute: Attribute, input: unknown): string | boolean | ComplexValue | undefined {
  if (input === null || input === undefined || input === '') return undefined
  switch (attribute.type) {
    case 'complex':
      return readComplex(attribute, input)
    case 'boolean':
      return readBoolean(attribute, input)
    default:
      return readText(attribute, input)
  }
}

function readText({ name }: Attribute, input: unknown): string {
  const text = typeof input === 'number' ? String(input) : input
  if (typeof text !== 'string') return reject('invalidValue', `${name} must be a text`)
  if (text.length > MAX_CHARACTERS) reject('invalidValue', `${name} has at most ${MAX_CHARACTERS} characters`)
  return isStorable(text) ? text : reject('invalidValue', `${name} has characters that cannot be kept`)
}

function readBoolean({ name }: Attribute, input: unknown): boolean {
  const text = String(input).toLowerCase()
  return text === 'true' ? true : text === 'false' ? false : reject('invalidValue', `${name} must be true or false`)
}

function readComplex(attribute: Attribute, input: unknown): ComplexValue | undefined {
  const subAttributes = attribute.subAttributes ?? []
  const object = isObject(input) ? input : { value: input }
  if (object !== input && !findAttribute(subAttributes, 'value')) {
    reject('invalidValue', `${attribute.name} must be an object`)
  }
  return mergeComplex(attribute, {}, object)
}

/** The values of `input` over those of `before`; one that is null is taken away. Undefined when none is left. */
export function mergeComplex(
  attribute: Attribute,
  before: ComplexValue,
  input: Record<string, unknown>,
): ComplexValue | undefined {
  const merged: Record<string, string | boolean> = { ...before }
  for (const [name, value] of Object.entries(input)) {
    const sub = findAttribute(attribute.subAttributes ?? [], name)
    if (!sub || sub.mutability === 'readOnly') continue
    const read = readOne(sub, value) as string | boolean | undefined
    if (read === undefined) delete merged[sub.name]
    else merged[sub.name] = read
  }
  return Object.keys(merged).length === 0 ? undefined : merged
}

/** RFC 7643 §2.4: `primary` is true of one value at most; the last that says so wins. */
export function onePrimary(values: readonly ComplexValue[]): readonly ComplexValue[] {
  const last = values.findLastIndex(({ primary }) => primary === true)
  return values.map((value, index) =>
    value['primary'] === true && index !== last ? { ...value, primary: false } : value,
  )
}
