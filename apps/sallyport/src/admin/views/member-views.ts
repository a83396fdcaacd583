import { z } from 'zod'
import { ROLES } from '../../members/member.ts'
import type { IdentitySource, Member } from '../../members/member.ts'
import type { Teamspace } from '../../teamspaces/teamspace.ts'
import { viewOf } from './view-of.ts'

export const role = z.enum(ROLES)

export const teamspaceView = viewOf<Teamspace>()(
  z.strictObject({ id: z.string(), slug: z.string(), name: z.string(), createdAt: z.int() }),
).meta({ id: 'Teamspace' })

const SOURCES = ['manual', 'csv', 'scim', 'group_sync', 'jit'] as const satisfies readonly IdentitySource[]

export const memberView = viewOf<Member>()(
  z.strictObject({
    id: z.string(),
    teamspaceId: z.string(),
    userId: z.string(),
    email: z.string(),
    displayName: z.string().nullable(),
    role,
    issuer: z.string(),
    subject: z.string(),
    sources: z.array(z.enum(SOURCES)),
    createdAt: z.int(),
  }),
).meta({ id: 'Member' })
