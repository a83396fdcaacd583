import { z } from 'zod'
import type { HealthPage } from '../../teamspace-health/teamspace-health.ts'
import { viewOf } from './view-of.ts'

const kind = z.enum(['entra', 'oidc', 'kubernetes'])
const warning = z.literal('warning')
const note = z.literal('note')

const trouble = z
  .discriminatedUnion('code', [
    z.strictObject({
      code: z.literal('connection_failed').describe('Its last test did not succeed'),
      severity: z.literal('broken'),
      kind,
      outcome: z.enum(['unknown_tenant', 'issuer_mismatch', 'no_usable_keys', 'unreachable', 'groups_unavailable']),
    }),
    z.strictObject({
      code: z.literal('calls_failing').describe('One call of ten, and five at least'),
      severity: z.literal('broken'),
      servers: z.array(z.string()),
    }),
    z.strictObject({
      code: z.literal('calls_refused').describe('Half of the calls, and twenty at least'),
      severity: warning,
    }),
    z.strictObject({
      code: z.enum(['group_sync_held', 'group_sync_failed']).describe('Waits for somebody; or its last run failed'),
      severity: warning,
    }),
    z.strictObject({
      code: z.literal('scim_silent').describe('For four days no identity provider has come with a token that it has'),
      severity: warning,
      since: z.int(),
    }),
    z.strictObject({
      code: z.literal('connection_untested').describe('Nor was any call let through'),
      severity: note,
      kind,
    }),
    z.strictObject({
      code: z.literal('connection_changed').describe('Since its last test; nor was any call let through'),
      severity: note,
      kind,
    }),
  ])
  .meta({ id: 'Trouble' })

const teamspaceHealth = z
  .strictObject({
    slug: z.string(),
    name: z.string(),
    createdAt: z.int(),
    members: z.int(),
    connections: z.array(kind),
    calls: z.int(),
    denied: z.int(),
    faults: z.int(),
    troubles: z.array(trouble).describe('The worst first'),
  })
  .meta({ id: 'TeamspaceHealth' })

export const healthPage = viewOf<HealthPage>()(
  z.strictObject({
    teamspaces: z.array(teamspaceHealth),
    found: z.int().describe('How many there are of those that were looked for'),
    counts: z
      .strictObject({ teamspaces: z.int(), broken: z.int(), warning: z.int(), note: z.int() })
      .describe('Of all, by the worst of their troubles'),
  }),
)
