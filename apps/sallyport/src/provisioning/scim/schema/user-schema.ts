import type { Attribute, ResourceType, Schema } from './attribute.ts'
import { text, valued } from './common-attributes.ts'

const PLACES = ['work', 'home', 'other']

const NAME: Attribute = {
  name: 'name',
  type: 'complex',
  description: 'The name of the person',
  subAttributes: [
    text('formatted', 'The whole name'),
    text('familyName', 'Family name'),
    text('givenName', 'Given name'),
    text('middleName', 'Middle name'),
    text('honorificPrefix', 'Title before the name'),
    text('honorificSuffix', 'Suffix after the name'),
  ],
}

const ADDRESSES: Attribute = {
  name: 'addresses',
  type: 'complex',
  multiValued: true,
  description: 'Postal addresses',
  subAttributes: [
    ...['formatted', 'streetAddress', 'locality', 'region', 'postalCode', 'country'].map((name) => text(name, name)),
    { ...text('type', 'What it is for'), canonicalValues: PLACES },
    { name: 'primary', type: 'boolean', description: 'Whether it is the preferred one' },
  ],
}

const GROUPS: Attribute = {
  name: 'groups',
  type: 'complex',
  multiValued: true,
  mutability: 'readOnly',
  description: 'Groups that the user is in; changed through the groups',
  subAttributes: [
    { ...text('value', 'The id of the group'), caseExact: true, mutability: 'readOnly' },
    {
      name: '$ref',
      type: 'reference',
      caseExact: true,
      referenceTypes: ['Group'],
      mutability: 'readOnly',
      description: 'The address of the group',
    },
    { ...text('display', 'The name of the group'), mutability: 'readOnly' },
    { ...text('type', 'Always direct'), mutability: 'readOnly', canonicalValues: ['direct'] },
  ],
}

/** RFC 7643 §4.1, without `password`: nobody signs in to Sallyport with one. */
const USER: Schema = {
  id: 'urn:ietf:params:scim:schemas:core:2.0:User',
  name: 'User',
  description: 'A person',
  attributes: [
    { ...text('userName', 'What the person signs in with'), required: true, uniqueness: 'server' },
    NAME,
    text('displayName', 'What people call the person'),
    text('nickName', 'Casual name'),
    { name: 'profileUrl', type: 'reference', referenceTypes: ['external'], description: 'A page about the person' },
    text('title', 'Job title'),
    text('userType', 'Relation to the organisation'),
    text('preferredLanguage', 'As in Accept-Language'),
    text('locale', 'For dates, numbers and money'),
    text('timezone', 'As in the IANA database'),
    { name: 'active', type: 'boolean', description: 'Whether the person has access' },
    valued('emails', 'E-mail addresses', PLACES),
    valued('phoneNumbers', 'Telephone numbers', ['work', 'home', 'mobile', 'fax', 'pager', 'other']),
    valued('ims', 'Instant messaging addresses'),
    valued('photos', 'Addresses of pictures', ['photo', 'thumbnail']),
    ADDRESSES,
    GROUPS,
    valued('entitlements', 'Entitlements, as the client knows them'),
    valued('roles', 'Roles, as the client knows them; they give no role here'),
    valued('x509Certificates', 'Certificates'),
  ],
}

/** RFC 7643 §4.3. */
const ENTERPRISE: Schema = {
  id: 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User',
  name: 'EnterpriseUser',
  description: 'A person in an organisation',
  attributes: [
    text('employeeNumber', 'Number of the employee'),
    text('costCenter', 'Cost centre'),
    text('organization', 'Organisation'),
    text('division', 'Division'),
    text('department', 'Department'),
    {
      name: 'manager',
      type: 'complex',
      description: 'Who manages the person',
      subAttributes: [
        { ...text('value', 'The id of the manager'), caseExact: true },
        { name: '$ref', type: 'reference', referenceTypes: ['User'], description: 'The address of the manager' },
        { ...text('displayName', 'The name of the manager'), mutability: 'readOnly' },
      ],
    },
  ],
}

export const MEMBERSHIP_SCHEMA = 'urn:sallyport:params:scim:schemas:extension:membership:2.0:User'

/** Ours: what became of the user here. */
const MEMBERSHIP: Schema = {
  id: MEMBERSHIP_SCHEMA,
  name: 'Membership',
  description: 'Whether the user may call servers through the gate',
  attributes: [
    {
      ...text('status', 'member, or why the user is none'),
      caseExact: true,
      mutability: 'readOnly',
      canonicalValues: [
        'member',
        'inactive',
        'no_external_id',
        'external_id_invalid',
        'no_connection',
        'removed_by_hand',
      ],
    },
  ],
}

export const USER_TYPE: ResourceType = {
  name: 'User',
  endpoint: '/Users',
  description: 'People',
  schema: USER,
  extensions: [ENTERPRISE, MEMBERSHIP],
  aliases: [],
}
