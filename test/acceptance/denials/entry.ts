import type { DenialReason } from '../../../apps/sallyport/src/outcome/denial.ts'
import type { FaultCode } from '../../../apps/sallyport/src/outcome/fault.ts'
import type { Step } from '../../../apps/sallyport/src/telemetry/step.ts'
import type { RawAnswer } from '../../support/raw-http.ts'
import type { World } from './world.ts'

export type Code = DenialReason['code'] | FaultCode

/** One way in which a call is refused, and all that is told of it, to whom. */
export interface Entry {
  readonly code: Code
  /** What is special about it, when its code has more than one. */
  readonly when?: string
  /** Brings about what the call meets; what it answers is called when all has been looked at. */
  readonly arrange?: (world: World) => Promise<(() => unknown) | void>
  readonly send: (world: World) => Promise<Response | RawAnswer>
  readonly status: number
  /** Name of the server that it is counted for; `none` before there is one. */
  readonly server?: string
  /** In full; absent when there must be none. */
  readonly challenge?: (world: World) => Readonly<Record<string, string>>
  /** What the body calls it, when neither the challenge nor the code does. */
  readonly error?: string
  /** Of a JSON-RPC error: its code, the id that it answers and what is named at the end of its message. */
  readonly rpc?: { readonly code: number; readonly id: number | null; readonly target?: string }
  /** Headers beside those that each refusal has. */
  readonly headers?: Readonly<Record<string, string>>
  /** Where the call ended. */
  readonly step: Step
  /** The row's, without `fix`. */
  readonly detail?: (world: World) => object
  readonly fix: string
  /** Requests that the server behind sees; none, unless it is the one that fails. */
  readonly reaches?: number
}

/** For entries whose answer is JSON-RPC with an id of the caller's. */
export const toolCall = (name: string, more: object = {}): string =>
  JSON.stringify({ jsonrpc: '2.0', id: 7, method: 'tools/call', params: { name, arguments: {}, ...more } })

export const message = (method: string, params: object = {}): string =>
  JSON.stringify({ jsonrpc: '2.0', id: 7, method, params })
