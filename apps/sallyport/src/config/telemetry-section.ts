import { z } from 'zod'

/** What is told of calls, and to whom. `SALLYPORT_METRICS_TOKEN` is in the environment only. */
export const telemetrySection = z.strictObject({
  logCalls: z
    .enum(['all', 'refused', 'none'])
    .default('all')
    .describe('Which calls have a line in the log; refused: faults, too.'),
  forwardBaggage: z
    .boolean()
    .default(false)
    .describe('Whether the server behind gets the baggage header that callers send.'),
})
