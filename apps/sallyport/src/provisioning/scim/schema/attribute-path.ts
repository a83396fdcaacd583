import { findAttribute } from './attribute.ts'
import type { Attribute, ResourceType } from './attribute.ts'
import { COMMON_ATTRIBUTES } from './common-attributes.ts'

/** An attribute of a resource, or one of its sub-attributes. Everything in it is ours, whatever the client wrote. */
export interface AttributePath {
  /** The extension that it belongs to; none for the core schema. */
  readonly extension?: string | undefined
  readonly attribute: Attribute
  readonly sub?: Attribute | undefined
}

/** Attributes of the core schema, the common ones included. */
export const coreAttributes = ({ schema }: ResourceType): readonly Attribute[] => [
  ...COMMON_ATTRIBUTES,
  ...schema.attributes,
]

/** `userName`, `name.familyName`, or either behind the schema and a colon (RFC 7644 §3.10). Undefined when it names nothing. */
export function findPath(type: ResourceType, text: string): AttributePath | undefined {
  const { schema, extensions, aliases } = type
  const extension = extensions.find(({ id }) => startsWith(text, `${id}:`))
  if (extension) return inAttributes(extension.attributes, text.slice(extension.id.length + 1), extension.id)
  const core = [schema.id, ...aliases].find((id) => startsWith(text, `${id}:`))
  return inAttributes(coreAttributes(type), core === undefined ? text : text.slice(core.length + 1))
}

function inAttributes(attributes: readonly Attribute[], text: string, extension?: string): AttributePath | undefined {
  const [name = '', subName, ...more] = text.split('.')
  const attribute = findAttribute(attributes, name)
  if (!attribute || more.length > 0) return undefined
  if (subName === undefined) return { extension, attribute }
  const sub = findAttribute(attribute.subAttributes ?? [], subName)
  return sub && { extension, attribute, sub }
}

const startsWith = (text: string, prefix: string): boolean =>
  text.slice(0, prefix.length).toLowerCase() === prefix.toLowerCase()

/** The one name of a path, by which it is looked for. */
export const pathKey = ({ extension, attribute, sub }: AttributePath): string =>
  `${extension === undefined ? '' : `${extension}:`}${attribute.name}${sub === undefined ? '' : `.${sub.name}`}`
