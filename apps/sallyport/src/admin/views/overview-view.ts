import { z } from 'zod'
import { RANGE_NAMES } from '../../statistics/range.ts'

const tally = { calls: z.number(), denied: z.number(), faults: z.number() }
const milliseconds = z.number().nullable()
const totals = z.object({
  ...tally,
  p50: milliseconds,
  p95: milliseconds,
  p99: milliseconds,
  gateP50: milliseconds,
  gateP95: milliseconds,
})
const column = z.array(z.number())
const quantileColumn = z.array(milliseconds)

export const overviewView = z.object({
  range: z.enum(RANGE_NAMES),
  from: z.number(),
  until: z.number(),
  stepSeconds: z.number(),
  series: z.object({
    at: column,
    calls: column,
    denied: column,
    faults: column,
    codes: z.record(z.string(), column),
    p50: quantileColumn,
    p95: quantileColumn,
    p99: quantileColumn,
  }),
  totals,
  previous: totals,
  servers: z.array(z.object({ server: z.string(), ...tally })),
  tools: z.array(z.object({ server: z.string(), tool: z.string(), ...tally })),
  refusals: z.array(
    z.object({
      code: z.string(),
      calls: z.number(),
      decision: z.enum(['denied', 'fault']),
      says: z.string(),
      fix: z.string().optional(),
    }),
  ),
  openStreams: z.number(),
  lastCalls: z.array(
    z.object({
      requestId: z.string(),
      at: z.number(),
      teamspaceId: z.string().optional(),
      decision: z.enum(['allowed', 'denied', 'fault']).optional(),
      rule: z.string().optional(),
      server: z.string().optional(),
      rpcMethod: z.string().optional(),
      target: z.string().optional(),
      status: z.number().optional(),
      durationMs: z.number().optional(),
      principal: z.string().optional(),
      memberId: z.string().optional(),
      email: z.string().optional(),
    }),
  ),
})
