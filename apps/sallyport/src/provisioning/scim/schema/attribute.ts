export type AttributeType = 'string' | 'boolean' | 'dateTime' | 'reference' | 'complex'

/** The characteristics of an attribute (RFC 7643 §2.2), where they are not the defaults. */
export interface Attribute {
  readonly name: string
  readonly type: AttributeType
  readonly description: string
  readonly multiValued?: true
  readonly required?: true
  readonly caseExact?: true
  readonly mutability?: 'readOnly' | 'writeOnly' | 'immutable'
  readonly returned?: 'always' | 'never'
  readonly uniqueness?: 'server'
  readonly canonicalValues?: readonly string[]
  readonly referenceTypes?: readonly string[]
  readonly subAttributes?: readonly Attribute[]
}

export interface Schema {
  readonly id: string
  readonly name: string
  readonly description: string
  readonly attributes: readonly Attribute[]
}

export interface ResourceType {
  readonly name: 'User' | 'Group'
  readonly endpoint: '/Users' | '/Groups'
  readonly description: string
  readonly schema: Schema
  readonly extensions: readonly Schema[]
  /** Other names that clients give the core schema. */
  readonly aliases: readonly string[]
}

/** Names of attributes compare without case (RFC 7643 §2.1). What is found is ours, so no name of a client's is ever a key. */
export function findAttribute(attributes: readonly Attribute[], name: string): Attribute | undefined {
  const folded = name.toLowerCase()
  return attributes.find((attribute) => attribute.name.toLowerCase() === folded)
}

export const findSchema = (schemas: readonly Schema[], id: string): Schema | undefined => {
  const folded = id.toLowerCase()
  return schemas.find((schema) => schema.id.toLowerCase() === folded)
}

/** As `/Schemas` shows it: every characteristic, the defaults too (RFC 7643 §7). */
export const describeAttribute = (attribute: Attribute): object => ({
  name: attribute.name,
  type: attribute.type,
  multiValued: attribute.multiValued ?? false,
  description: attribute.description,
  required: attribute.required ?? false,
  caseExact: attribute.caseExact ?? false,
  mutability: attribute.mutability ?? 'readWrite',
  returned: attribute.returned ?? 'default',
  uniqueness: attribute.uniqueness ?? 'none',
  ...(attribute.canonicalValues && { canonicalValues: attribute.canonicalValues }),
  ...(attribute.referenceTypes && { referenceTypes: attribute.referenceTypes }),
  ...(attribute.subAttributes && { subAttributes: attribute.subAttributes.map(describeAttribute) }),
})
