import { z } from 'zod'
import type { DecisionView } from '../../audit/explain-decision.ts'
import type { ChainView } from '../../audit/list-chains.ts'
import type { ChainPage } from '../../audit/verify-chain.ts'
import { STEPS } from '../../telemetry/step.ts'
import { viewOf } from './view-of.ts'

/** What an event says depends on its kind: see docs/audit.md. */
const auditEntry = z
  .looseObject({
    id: z.string(),
    kind: z.enum(['call', 'attempt', 'admin']),
    at: z.int(),
    teamspaceId: z.string().exactOptional(),
    requestId: z.string().exactOptional(),
  })
  .meta({ id: 'AuditEntry' })

export const auditEvents = z.strictObject({ events: z.array(auditEntry) })

const place = z.strictObject({ seq: z.int(), hash: z.string() })

const chain = viewOf<ChainView>()(
  z.strictObject({
    teamspaceId: z.string(),
    teamspace: z.string().exactOptional(),
    head: place.exactOptional(),
    prunedTo: z.int(),
  }),
).meta({ id: 'AuditChain' })

export const chains = z.strictObject({ chains: z.array(chain), next: z.string().exactOptional() })

export const chainPage = viewOf<ChainPage>()(
  z.strictObject({
    teamspaceId: z.string(),
    checked: z.int(),
    place,
    prunedTo: z.int(),
    problem: z
      .strictObject({
        kind: z.enum(['altered', 'removed', 'inserted', 'head_altered', 'head_missing', 'was_broken']),
        seq: z.int(),
        id: z.string().exactOptional(),
        says: z.string(),
      })
      .exactOptional(),
    isWhole: z.boolean(),
  }),
).meta({ id: 'AuditChainPage' })

const facts = z.record(z.string(), z.unknown())

export const decisionView = viewOf<DecisionView>()(
  z.strictObject({
    requestId: z.string(),
    at: z.string().meta({ format: 'date-time' }),
    decision: z.enum(['allowed', 'denied', 'fault']),
    step: z.enum(STEPS).exactOptional(),
    rule: z.string(),
    says: z.string(),
    expected: z.unknown().optional(),
    presented: z.unknown().optional(),
    detail: facts.exactOptional(),
    fix: z.string().exactOptional(),
    docs: z.string().exactOptional(),
    dryRun: z.unknown().optional(),
    caller: facts,
    call: facts,
    exchange: z.unknown().optional(),
    status: z.unknown().optional(),
    upstreamStatus: z.unknown().optional(),
    durationMs: z.unknown().optional(),
    isFinished: z.boolean(),
  }),
).meta({ id: 'Decision' })
