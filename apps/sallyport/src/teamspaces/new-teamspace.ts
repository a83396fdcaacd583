import { z } from 'zod'

/** Words that are paths of ours, or that a reader would take for something of ours. */
const RESERVED_SLUGS = new Set(
  'admin api assets audit authorize config console healthz login logout mcp metrics new oauth readyz register sallyport scim static t token v1 v2 well-known'.split(
    ' ',
  ),
)

/** A DNS label, so that a slug may stand in a path or a host name. */
export const teamspaceSlug = z
  .string()
  .regex(/^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/, {
    error: 'must be 1 to 63 lower-case letters, digits and inner dashes',
  })
  .refine((slug) => !RESERVED_SLUGS.has(slug), { error: 'is a reserved word' })

const teamspaceName = z
  .string()
  .trim()
  .min(1)
  .max(120)
  .regex(/^\P{Cc}*$/u, { error: 'must be one line' })

export const newTeamspace = z
  .strictObject({ slug: teamspaceSlug, name: teamspaceName.optional() })
  .transform(({ slug, name }) => ({ slug, name: name ?? slug }))

export type NewTeamspace = z.output<typeof newTeamspace>

/** The slug stays: addresses, audiences and settings of clients are made of it. */
export const teamspaceChange = z.strictObject({ name: teamspaceName })

export type TeamspaceChange = z.output<typeof teamspaceChange>
