import { z } from 'zod'
import { ROLES } from '../members/member.ts'
import { ALL_TOOLS, readToolScope } from './tool-scope.ts'

/** Nothing that could break a line or turn the order of letters around in a list or a log. */
const PLAIN_TEXT = /^[^\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Bidi_Control}]*$/u

const name = z.string().trim().min(1).max(100).regex(PLAIN_TEXT, { error: 'must be one line of plain text' })

const DAY_SECONDS = 24 * 60 * 60

/** At most one of the two; null and absent alike mean "does not expire", where that is allowed. */
const lifetime = {
  expires_in_seconds: z
    .number()
    .int()
    .min(1)
    .max(100 * 365 * DAY_SECONDS)
    .nullish(),
  expires_at: z.iso
    .datetime({ offset: true, error: 'must be a time as in RFC 3339' })
    .transform((text) => Date.parse(text))
    .refine((ms) => !Number.isNaN(ms), { error: 'is a time that does not exist' })
    .nullish(),
}

interface AskedLifetime {
  readonly expires_in_seconds?: number | null | undefined
  readonly expires_at?: number | null | undefined
}

const MAX_SCOPES = 100

/** What the token may call; null and absent alike mean everything. Stored as it will be judged: canonical, each once. */
const toolScopes = z
  .array(z.string())
  .min(1, { error: 'must name a scope, or be left out for all tools' })
  .max(MAX_SCOPES, { error: `must be at most ${MAX_SCOPES} scopes` })
  .transform((written, context) => {
    const scopes = new Set<string>()
    for (const [index, text] of written.entries()) {
      const read = readToolScope(text)
      if ('scope' in read) scopes.add(read.scope)
      else context.addIssue({ code: 'custom', path: [index], message: read.problem })
    }
    return withTools([...scopes])
  })

/** Servers alone name no tool, and mean all that these servers have: here that is written out. */
const withTools = (scopes: readonly string[]): readonly string[] =>
  scopes.every((scope) => scope.startsWith('server:')) ? [...scopes, ALL_TOOLS] : scopes

const isOne = ({ expires_in_seconds, expires_at }: AskedLifetime) => expires_in_seconds == null || expires_at == null
const NOT_BOTH = { path: ['expires_at'], error: 'cannot be given beside expires_in_seconds' }

/** Names on the wire are those of the records. The teamspace is never part of the input: it is the asker's own. */
export const newMcpToken = z
  .strictObject({
    name,
    role: z.enum(ROLES).default('developer'),
    holder: z.enum(['teamspace', 'member']).optional(),
    tool_scopes: toolScopes.nullish(),
    ...lifetime,
  })
  .refine(isOne, NOT_BOTH)
  .transform(({ expires_in_seconds: expiresInSeconds, expires_at: expiresAt, tool_scopes, ...rest }) => ({
    ...rest,
    toolScopes: tool_scopes ?? null,
    lifetime: { expiresInSeconds, expiresAt },
  }))

const MAX_GRACE_SECONDS = 7 * DAY_SECONDS

export const mcpTokenRotation = z
  .strictObject({ grace_seconds: z.number().int().min(0).max(MAX_GRACE_SECONDS).default(DAY_SECONDS), ...lifetime })
  .refine(isOne, NOT_BOTH)
  .transform(({ grace_seconds: graceSeconds, expires_in_seconds: expiresInSeconds, expires_at: expiresAt }) => ({
    graceSeconds,
    lifetime: { expiresInSeconds, expiresAt },
  }))

export type NewMcpToken = z.output<typeof newMcpToken>
export type McpTokenRotation = z.output<typeof mcpTokenRotation>
