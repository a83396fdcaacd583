import type { AttributeValue, Attributes, ResourceDocument } from '../document/document.ts'
import { isObject } from '../document/read-value.ts'
import { attempt, reject } from '../scim-error.ts'
import type { ScimDenial } from '../scim-error.ts'
import { findSchema } from '../schema/attribute.ts'
import type { ResourceType } from '../schema/attribute.ts'
import { changeValue, removeValue } from './change-value.ts'
import { parsePatchPath } from './patch-path.ts'
import type { PatchPath } from './patch-path.ts'
import { readOperations } from './read-operations.ts'
import type { Operation } from './read-operations.ts'

type Draft = Record<string, AttributeValue | Attributes>

/** A document after the operations of a PATCH, all of them or none (RFC 7644 §3.5.2). The one before is left as it was. */
export const applyPatch = (
  type: ResourceType,
  before: ResourceDocument,
  body: unknown,
): ResourceDocument | ScimDenial =>
  attempt(() => {
    const draft: Draft = { ...before }
    for (const operation of readOperations(body)) {
      if (operation.path === undefined) applyToAll(type, draft, operation)
      else applyAt(type, draft, { ...operation, path: operation.path })
    }
    return draft
  })

/** Without a path the value names the attributes, which Entra writes as paths: `name.givenName`, `emails[…].value`. */
function applyToAll(type: ResourceType, draft: Draft, { op, value }: Operation, prefix = ''): void {
  if (op === 'remove') reject('noTarget', 'A removal needs a path')
  if (!isObject(value)) return reject('invalidValue', 'Without a path, the value must be an object')
  for (const [name, each] of Object.entries(value)) {
    const extension = prefix === '' ? findSchema(type.extensions, name) : undefined
    if (extension && isObject(each)) applyToAll(type, draft, { op, path: undefined, value: each }, `${extension.id}:`)
    else {
      const path = parsePatchPath(type, `${prefix}${name}`)
      if (path && !isReadOnly(path)) change(draft, path, { op, path: undefined, value: each })
    }
  }
}

function applyAt(type: ResourceType, draft: Draft, operation: Operation & { readonly path: string }): void {
  const extension = findSchema(type.extensions, operation.path)
  if (extension && operation.op !== 'remove') return applyToAll(type, draft, operation, `${extension.id}:`)
  if (extension) return void delete draft[extension.id]
  const path = parsePatchPath(type, operation.path)
  if (!path) return reject('invalidPath', 'The path names an attribute that does not exist')
  if (isReadOnly(path)) reject('mutability', `${path.attribute.name} cannot be changed`)
  change(draft, path, operation)
}

const isReadOnly = ({ attribute, sub }: PatchPath): boolean =>
  attribute.mutability === 'readOnly' || sub?.mutability === 'readOnly'

/** What would leave a resource without what it must have, or bring somebody's access back by saying nothing. */
const isKept = ({ attribute, extension }: PatchPath): boolean =>
  extension === undefined && (attribute.required === true || attribute.name === 'active')

function change(draft: Draft, path: PatchPath, { op, value }: Operation): void {
  const { extension, attribute } = path
  const attributes: Attributes =
    extension === undefined ? (draft as Attributes) : ((draft[extension] ?? {}) as Attributes)
  const before = Object.hasOwn(attributes, attribute.name) ? attributes[attribute.name] : undefined
  const after = op === 'remove' ? removeValue(path, before, value) : changeValue(path, before, { op, value })
  if (after === undefined && isKept(path)) reject('mutability', `${attribute.name} cannot be taken away`)
  const changed = put(attributes, attribute.name, after)
  if (extension === undefined) {
    if (after === undefined) delete draft[attribute.name]
    else draft[attribute.name] = after
  } else if (Object.keys(changed).length === 0) delete draft[extension]
  else draft[extension] = changed
}

function put(attributes: Attributes, name: string, value: AttributeValue | undefined): Attributes {
  const { [name]: _, ...others } = attributes
  return value === undefined ? others : { ...others, [name]: value }
}
