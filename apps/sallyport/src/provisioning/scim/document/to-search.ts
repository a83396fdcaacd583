import { comparable } from '../filter/filter.ts'
import { findAttribute } from '../schema/attribute.ts'
import type { Attribute, ResourceType } from '../schema/attribute.ts'
import { coreAttributes, pathKey } from '../schema/attribute-path.ts'
import type { Attributes, AttributeValue, ComplexValue, ResourceDocument } from './document.ts'

type SearchValue = string | readonly Readonly<Record<string, string>>[]

/**
 * A document as filters compare it: every value by the one name of its path, folded here and not in the database, whose
 * engines fold differently.
 */
export function toSearch(type: ResourceType, document: ResourceDocument): Record<string, SearchValue> {
  const search = Object.fromEntries(entriesOf(coreAttributes(type), document as Attributes))
  for (const { id, attributes } of type.extensions) {
    const values = document[id] as Attributes | undefined
    if (values) Object.assign(search, Object.fromEntries(entriesOf(attributes, values, id)))
  }
  return search
}

function* entriesOf(
  attributes: readonly Attribute[],
  values: Attributes,
  extension?: string,
): Generator<[string, SearchValue]> {
  for (const attribute of attributes) {
    if (!Object.hasOwn(values, attribute.name)) continue
    const value = values[attribute.name] as AttributeValue
    if (Array.isArray(value)) {
      yield [pathKey({ extension, attribute }), value.map((each) => Object.fromEntries(subEntries(attribute, each)))]
    } else if (typeof value === 'object') {
      for (const [name, text] of subEntries(attribute, value as ComplexValue)) {
        yield [`${pathKey({ extension, attribute })}.${name}`, text]
      }
    } else yield [pathKey({ extension, attribute }), comparable(attribute, value)]
  }
}

const subEntries = (attribute: Attribute, value: ComplexValue): [string, string][] =>
  Object.entries(value).map(([name, each]) => [
    name,
    comparable(findAttribute(attribute.subAttributes ?? [], name)!, each),
  ])
