import type { Filter } from '../filter/filter.ts'
import { parseValueFilter } from '../filter/parse-filter.ts'
import { isScimDenial, reject } from '../scim-error.ts'
import { findAttribute } from '../schema/attribute.ts'
import type { ResourceType } from '../schema/attribute.ts'
import { findPath } from '../schema/attribute-path.ts'
import type { AttributePath } from '../schema/attribute-path.ts'

/** Where an operation acts (RFC 7644 §3.5.2, figure 7). */
export interface PatchPath extends AttributePath {
  /** Which values of a multi-valued attribute. */
  readonly filter?: Filter | undefined
}

const VALUE_PATH = /^([^[\]]+)\[(.*)\](?:\.([^[\]]+))?$/s

/** Undefined when it names no attribute. */
export function parsePatchPath(type: ResourceType, text: string): PatchPath | undefined {
  const [, name, inBrackets, subName] = VALUE_PATH.exec(text) ?? []
  if (name === undefined || inBrackets === undefined) return findPath(type, text)
  const path = findPath(type, name)
  if (!path) return undefined
  const { attribute, extension } = path
  if (!attribute.multiValued || path.sub)
    return reject('invalidPath', 'Brackets follow attributes of several values only')
  const filter = parseValueFilter(attribute, inBrackets)
  if (isScimDenial(filter)) return reject(filter.scimError.scimType ?? 'invalidFilter', filter.scimError.detail)
  const sub = subName === undefined ? undefined : findAttribute(attribute.subAttributes ?? [], subName)
  if (subName !== undefined && !sub) return undefined
  return { extension, attribute, sub, filter }
}
