import type { ComplexValue } from '../filter/matches.ts'

export type { ComplexValue }
export type AttributeValue = string | boolean | ComplexValue | readonly ComplexValue[]

/** Attributes with a value. Every name is one of a schema's, whatever the client wrote, so none can be `__proto__`. */
export type Attributes = Readonly<Record<string, AttributeValue>>

/** What a client said of a resource: its attributes, those of extensions under the schema's name. */
export type ResourceDocument = Readonly<Record<string, AttributeValue | Attributes>>

export const textOf = (document: ResourceDocument, name: string): string | undefined => {
  const value = document[name]
  return typeof value === 'string' ? value : undefined
}

export const valuesOf = (document: ResourceDocument, name: string): readonly ComplexValue[] => {
  const value = document[name]
  return Array.isArray(value) ? (value as readonly ComplexValue[]) : []
}
