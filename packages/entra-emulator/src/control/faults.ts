import { z } from 'zod'

export const faultSchema = z.strictObject({
  /** Which endpoints misbehave. */
  path: z.enum(['token', 'keys', 'discovery', 'authorize', 'graph']),
  /** `status`: an error answer. `slow`: the right answer, late. `drop`: the connection ends. `garbage`: 200 that is no JSON. */
  kind: z.enum(['status', 'slow', 'drop', 'garbage']),
  status: z.int().min(200).max(599).optional(),
  delayMs: z.int().min(0).max(600_000).optional(),
  retryAfterSeconds: z.int().min(0).optional(),
  /** How many requests it hits; absent: until it is taken away. */
  times: z.int().min(1).optional(),
  /** With `status`: answer with this code, in Entra's shape. */
  aadsts: z.int().optional(),
  claims: z.string().optional(),
  suberror: z.string().optional(),
})

export type Fault = z.infer<typeof faultSchema>
export type FaultPath = Fault['path']

export interface FaultSwitch {
  set(fault: Fault | undefined): void
  /** The fault for this request, if any; counts it. */
  take(path: FaultPath): Fault | undefined
}

export function createFaultSwitch(): FaultSwitch {
  let current: Fault | undefined
  let left = 0
  return {
    set(fault) {
      current = fault
      left = fault?.times ?? Number.POSITIVE_INFINITY
    },
    take(path) {
      if (current?.path !== path || left <= 0) return undefined
      left -= 1
      return current
    },
  }
}
