import { z } from 'zod'
import { isAadstsCode } from '../aadsts.ts'

export const faultSchema = z.strictObject({
  /** Which endpoints misbehave. */
  path: z.enum(['token', 'keys', 'discovery', 'authorize', 'graph']),
  /** `status`: an error answer. `slow`: the right answer, late. `drop`: the connection ends. `garbage`: 200 that is no JSON. */
  kind: z.enum(['status', 'slow', 'drop', 'garbage']),
  status: z.int().min(200).max(599).optional(),
  delayMs: z.int().min(0).max(600_000).optional(),
  retryAfterSeconds: z.int().min(0).optional(),
  /** How many requests pass before it hits the first: the third page fails with `skip: 2`. */
  skip: z.int().min(0).default(0),
  /** How many requests it hits; absent: until it is taken away. */
  times: z.int().min(1).optional(),
  /** With `status`: answer with this code, in Entra's shape. */
  aadsts: z.int().refine(isAadstsCode, 'is not in the table of codes').optional(),
  claims: z.string().optional(),
  suberror: z.string().optional(),
})

/** What a test orders. */
export type Fault = z.input<typeof faultSchema>
/** The same, checked. */
export type OrderedFault = z.output<typeof faultSchema>
export type FaultPath = Fault['path']

export interface FaultSwitch {
  set(fault: OrderedFault | undefined): void
  /** The fault for this request, if any; counts it. */
  take(path: FaultPath): OrderedFault | undefined
}

export function createFaultSwitch(): FaultSwitch {
  let current: OrderedFault | undefined
  let left = 0
  let passing = 0
  return {
    set(fault) {
      current = fault
      passing = fault?.skip ?? 0
      left = fault?.times ?? Number.POSITIVE_INFINITY
    },
    take(path) {
      if (current?.path !== path || left <= 0) return undefined
      if (passing > 0) {
        passing -= 1
        return undefined
      }
      left -= 1
      return current
    },
  }
}
