import { z } from 'zod'
import type { ScimTokenView } from '../../provisioning/scim/manage-scim-tokens.ts'
import type { McpTokenView } from '../../tokens/mcp-token-view.ts'
import { viewOf } from './view-of.ts'

const time = z.string().meta({ format: 'date-time' })

const mcpTokenView = viewOf<McpTokenView>()(
  z.strictObject({
    id: z.string(),
    name: z.string(),
    prefix: z.string(),
    role: z.string(),
    tool_scopes: z.array(z.string()).nullable(),
    holder: z.enum(['teamspace', 'member']),
    holder_member_id: z.string().nullable(),
    created_by: z.string(),
    created_at: time,
    expires_at: time.nullable(),
    expires_soon: z.boolean(),
    last_used_at: time.nullable(),
    revoked: z.boolean(),
    revoked_at: time.nullable(),
    revoked_by: z.string().nullable(),
    replaces: z.string().nullable(),
    replaced_by: z.string().nullable(),
    grace_until: time.nullable(),
    usable: z.boolean(),
  }),
).meta({ id: 'McpToken' })

const shownOnce = z.string().describe('Shown once, and kept nowhere')

export const mintedToken = z.strictObject({ ...mcpTokenView.shape, token: shownOnce }).meta({ id: 'MintedMcpToken' })

export const mcpTokenPage = z
  .strictObject({
    tokens: z.array(mcpTokenView),
    next: z.string().describe('What to give as `after` for the next page, while there may be more').exactOptional(),
  })
  .meta({ id: 'McpTokenPage' })

const scimTokenView = viewOf<ScimTokenView>()(
  z.strictObject({
    id: z.string(),
    name: z.string(),
    prefix: z.string(),
    connection: z.string(),
    created_by: z.string(),
    created_at: time,
    expires_at: time.nullable(),
    last_used_at: time.nullable(),
    revoked_at: time.nullable(),
    revoked_by: z.string().nullable(),
    usable: z.boolean(),
  }),
).meta({ id: 'ScimToken' })

export const createdScimToken = z.strictObject({ ...scimTokenView.shape, token: shownOnce })

export const scimTokens = z.strictObject({ tokens: z.array(scimTokenView) })
