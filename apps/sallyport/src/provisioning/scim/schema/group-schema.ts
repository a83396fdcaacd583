import type { ResourceType, Schema } from './attribute.ts'
import { text } from './common-attributes.ts'

/** RFC 7643 §4.2. Members are users: groups within groups are expanded by the identity provider. */
const GROUP: Schema = {
  id: 'urn:ietf:params:scim:schemas:core:2.0:Group',
  name: 'Group',
  description: 'A group of people',
  attributes: [
    { ...text('displayName', 'What people call the group'), required: true, uniqueness: 'server' },
    {
      name: 'members',
      type: 'complex',
      multiValued: true,
      description: 'Who is in the group',
      subAttributes: [
        { ...text('value', 'The id of the user'), caseExact: true, mutability: 'immutable' },
        {
          name: '$ref',
          type: 'reference',
          caseExact: true,
          referenceTypes: ['User'],
          mutability: 'immutable',
          description: 'The address of the user',
        },
        { ...text('display', 'The name of the user'), mutability: 'readOnly' },
        { ...text('type', 'Always User'), mutability: 'immutable', canonicalValues: ['User'] },
      ],
    },
  ],
}

export const GROUP_TYPE: ResourceType = {
  name: 'Group',
  endpoint: '/Groups',
  description: 'Groups of people',
  schema: GROUP,
  extensions: [],
  aliases: ['http://schemas.microsoft.com/2006/11/ResourceManagement/ADSCIM/2.0/Group'],
}
