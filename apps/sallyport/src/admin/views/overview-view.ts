import { z } from 'zod'
import { RANGE_NAMES } from '../../statistics/range.ts'

const tally = { calls: z.number(), denied: z.number(), faults: z.number() }
const milliseconds = z.number().nullable()
const totals = z.strictObject({
  ...tally,
  p50: milliseconds,
  p95: milliseconds,
  p99: milliseconds,
  gateP50: milliseconds,
  gateP95: milliseconds,
})
const column = z.array(z.number())
const quantileColumn = z.array(milliseconds)

export const overviewView = z
  .strictObject({
    range: z.enum(RANGE_NAMES),
    from: z.number(),
    until: z.number(),
    stepSeconds: z.number(),
    series: z.strictObject({
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
    servers: z.array(z.strictObject({ server: z.string(), ...tally })),
    tools: z.array(z.strictObject({ server: z.string(), tool: z.string(), ...tally })),
    refusals: z.array(
      z.strictObject({
        code: z.string(),
        calls: z.number(),
        decision: z.enum(['denied', 'fault']),
        says: z.string(),
        fix: z.string().exactOptional(),
      }),
    ),
    openStreams: z.number(),
    lastCalls: z.array(
      z.strictObject({
        requestId: z.string(),
        at: z.number(),
        teamspaceId: z.string().exactOptional(),
        decision: z.enum(['allowed', 'denied', 'fault']).exactOptional(),
        rule: z.string().exactOptional(),
        server: z.string().exactOptional(),
        rpcMethod: z.string().exactOptional(),
        target: z.string().exactOptional(),
        status: z.number().exactOptional(),
        durationMs: z.number().exactOptional(),
        principal: z.string().exactOptional(),
        memberId: z.string().exactOptional(),
        email: z.string().exactOptional(),
      }),
    ),
  })
  .meta({ id: 'Overview' })
