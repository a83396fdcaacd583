import type { Attribute } from './attribute.ts'

/** What every resource has (RFC 7643 §3.1); no schema lists them. */
export const COMMON_ATTRIBUTES: readonly Attribute[] = [
  {
    name: 'id',
    type: 'string',
    caseExact: true,
    mutability: 'readOnly',
    returned: 'always',
    uniqueness: 'server',
    description: 'Identifier that Sallyport gave',
  },
  { name: 'externalId', type: 'string', caseExact: true, description: 'Identifier that the client gave' },
  {
    name: 'meta',
    type: 'complex',
    mutability: 'readOnly',
    description: 'About the resource',
    subAttributes: [
      { name: 'resourceType', type: 'string', caseExact: true, mutability: 'readOnly', description: 'User or Group' },
      { name: 'created', type: 'dateTime', mutability: 'readOnly', description: 'When it was made' },
      { name: 'lastModified', type: 'dateTime', mutability: 'readOnly', description: 'When it was last changed' },
      { name: 'location', type: 'reference', caseExact: true, mutability: 'readOnly', description: 'Its address' },
      { name: 'version', type: 'string', caseExact: true, mutability: 'readOnly', description: 'Its ETag' },
    ],
  },
]

export const text = (name: string, description: string): Attribute => ({ name, type: 'string', description })

/** `value`, `display`, `type` and `primary` (RFC 7643 §2.4). */
export const valued = (name: string, description: string, canonicalValues?: readonly string[]): Attribute => ({
  name,
  type: 'complex',
  multiValued: true,
  description,
  subAttributes: [
    text('value', 'The value'),
    text('display', 'The value as people read it'),
    { ...text('type', 'What it is for'), ...(canonicalValues && { canonicalValues }) },
    { name: 'primary', type: 'boolean', description: 'Whether it is the preferred one' },
  ],
})
