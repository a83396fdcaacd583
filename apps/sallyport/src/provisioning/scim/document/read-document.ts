import { attempt, reject } from '../scim-error.ts'
import type { ScimDenial } from '../scim-error.ts'
import { findAttribute, findSchema } from '../schema/attribute.ts'
import type { Attribute, ResourceType } from '../schema/attribute.ts'
import { coreAttributes } from '../schema/attribute-path.ts'
import type { Attributes, AttributeValue, ResourceDocument } from './document.ts'
import { isObject, readValue } from './read-value.ts'

const MAX_NAMES = 200
export const MAX_DOCUMENT_CHARACTERS = 64 * 1024

/**
 * A resource as a client describes it. What no schema knows is left out, and so is what only we say (RFC 7644 §3.3); a
 * password never gets further than this.
 */
export const readDocument = (type: ResourceType, input: unknown): ResourceDocument | ScimDenial =>
  attempt(() => {
    if (!isObject(input)) return reject('invalidSyntax', 'The body must be an object')
    const document: Record<string, AttributeValue | Attributes> = readAttributes(coreAttributes(type), input)
    for (const [name, value] of Object.entries(input)) {
      const extension = findSchema(type.extensions, name)
      if (!extension || value === null) continue
      if (!isObject(value)) return reject('invalidValue', 'An extension must be an object')
      const attributes = readAttributes(extension.attributes, value)
      if (Object.keys(attributes).length > 0) document[extension.id] = attributes
    }
    return document
  })

function readAttributes(attributes: readonly Attribute[], input: Record<string, unknown>) {
  const names = Object.keys(input)
  if (names.length > MAX_NAMES) reject('invalidSyntax', `An object has at most ${MAX_NAMES} members`)
  const read: Record<string, AttributeValue> = {}
  for (const name of names) {
    const attribute = findAttribute(attributes, name)
    if (!attribute || attribute.mutability === 'readOnly') continue
    // Two spellings of one name: which of them counts must not be a matter of their order.
    if (Object.hasOwn(read, attribute.name)) reject('invalidSyntax', `${attribute.name} is given twice`)
    const value = readValue(attribute, input[name])
    if (value !== undefined) read[attribute.name] = value
  }
  return read
}

/** What must hold of a document, however it came about. */
export const checkDocument = (type: ResourceType, document: ResourceDocument): ResourceDocument | ScimDenial =>
  attempt(() => {
    const missing = type.schema.attributes.find(({ name, required }) => required && !Object.hasOwn(document, name))
    if (missing) reject('invalidValue', `${missing.name} is needed`)
    const { members: _, ...kept } = document
    if (JSON.stringify(kept).length > MAX_DOCUMENT_CHARACTERS) {
      reject('invalidValue', `A resource has at most ${MAX_DOCUMENT_CHARACTERS} characters`)
    }
    return document
  })
