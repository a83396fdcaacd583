import { z } from 'zod'

/** So many calls in so many seconds. */
export const rate = z.strictObject({
  calls: z.number().int().min(1).max(1_000_000_000),
  seconds: z.number().int().min(1).max(86_400),
})

const rateOrOff = z.union([rate, z.literal('off')], { error: 'must be { calls: …, seconds: … } or off' })

const openCalls = z.union([z.number().int().min(1).max(1_000_000), z.literal('off')], {
  error: 'must be a whole number from 1 to 1000000, or off',
})

export const rateSection = z.strictObject({
  address: rateOrOff.default('off').describe('Calls of one address, its requests to the OAuth surface included.'),
  refused: rateOrOff
    .default({ calls: 600, seconds: 60 })
    .describe(
      'Calls of one address whose caller was not admitted, or whose message could not be read; refused attempts at other doors count as well.',
    ),
  principal: rateOrOff.default('off').describe('Messages of one member or MCP token.'),
  teamspace: rateOrOff.default('off').describe('Messages of all callers of one teamspace.'),
  tool: rateOrOff.default('off').describe('Calls of one tool of one server, by all of one teamspace.'),
})

export const openCallsSection = z.strictObject({
  principal: openCalls.default(200).describe('Open calls and event streams of one member or MCP token.'),
  teamspace: openCalls.default(5_000).describe('Of all callers of one teamspace.'),
  address: openCalls.default(10_000).describe('Of one address.'),
})

export const toolRates = z
  .record(
    z.string().regex(/^[\x21-\x7e]{1,128}$/, { error: 'must be a tool name, in which * stands for anything' }),
    rate,
  )
  .refine((rates) => Object.keys(rates).length <= 100, { error: 'has more than 100 entries' })
