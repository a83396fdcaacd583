import type { HttpBindings } from '@hono/node-server'
import type { OrderedFault } from './control/faults.ts'

/** What every handler of the emulator finds in its context. */
export interface EmulatorEnv {
  Bindings: HttpBindings
  Variables: {
    /** The body, when it is a form. */
    form: URLSearchParams | undefined
    /** A fault that the endpoint itself has to render. */
    fault: OrderedFault | undefined
  }
}
