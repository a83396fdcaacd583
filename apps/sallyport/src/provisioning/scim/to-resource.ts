import { etagOf } from './etag.ts'
import type { Link, ScimGroup } from './scim-group-repository.ts'
import type { ScimUser } from './scim-user.ts'
import type { ResourceType } from './schema/attribute.ts'
import { GROUP_TYPE } from './schema/group-schema.ts'
import { MEMBERSHIP_SCHEMA, USER_TYPE } from './schema/user-schema.ts'

/** `base` is the address of `/scim/v2`, as the client reached it. */
export const toUserResource = (user: ScimUser, groups: readonly Link[] | undefined, base: string) => ({
  ...toResource(USER_TYPE, user, base),
  ...(groups &&
    groups.length > 0 && {
      groups: groups.map(({ id, display }) => ({ value: id, $ref: `${base}/Groups/${id}`, display, type: 'direct' })),
    }),
  [MEMBERSHIP_SCHEMA]: { status: user.status },
})

export const toGroupResource = (group: ScimGroup, members: readonly Link[] | undefined, base: string) => ({
  ...toResource(GROUP_TYPE, group, base),
  ...(members && {
    members: members.map(({ id, display }) => ({ value: id, $ref: `${base}/Users/${id}`, display, type: 'User' })),
  }),
})

type Kept = Pick<ScimUser, 'id' | 'document' | 'version' | 'createdAt' | 'modifiedAt'>

const toResource = (type: ResourceType, { id, document, version, createdAt, modifiedAt }: Kept, base: string) => ({
  schemas: [
    type.schema.id,
    ...type.extensions.filter((each) => each.id === MEMBERSHIP_SCHEMA || document[each.id]).map((each) => each.id),
  ],
  id,
  ...document,
  meta: {
    resourceType: type.name,
    created: new Date(createdAt).toISOString(),
    lastModified: new Date(modifiedAt).toISOString(),
    location: `${base}${type.endpoint}/${id}`,
    version: etagOf(version),
  },
})
