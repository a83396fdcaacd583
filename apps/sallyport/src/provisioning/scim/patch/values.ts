import type { ComplexValue } from '../document/document.ts'

type Values = readonly ComplexValue[]

/** By `value`, so that thousands of members are told apart in one pass; addresses, which have none, as a whole. */
const keyOf = (each: ComplexValue): string =>
  each['value'] === undefined ? JSON.stringify(each) : `value ${String(each['value'])}`

/** A value that says no type means one of any. */
const isSame = (one: ComplexValue, other: ComplexValue): boolean =>
  one['type'] === undefined || other['type'] === undefined || one['type'] === other['type']

const has = (index: ReadonlyMap<string, Values>, one: ComplexValue): boolean =>
  (index.get(keyOf(one)) ?? []).some((each) => isSame(one, each))

/** What is there already is not added again (RFC 7644 §3.5.2.1), except to become the primary one. */
export function addValues(values: Values, added: Values): Values {
  const known = Map.groupBy(values, keyOf)
  const fresh = added.filter((each) => each['primary'] === true || !has(known, each))
  return [...withoutValues(values, fresh), ...withoutRepeats(fresh)]
}

export function withoutValues(values: Values, removed: Values): Values {
  const gone = Map.groupBy(removed, keyOf)
  return values.filter((one) => !has(gone, one))
}

function withoutRepeats(values: Values): Values {
  const seen = new Set<string>()
  return values.filter((each) => {
    const key = `${keyOf(each)} ${String(each['type'])}`
    return !seen.has(key) && seen.add(key)
  })
}
