import { kindOf } from '../../policies/action-kind.ts'
import type { Action } from '../../policies/decision.ts'
import type { ToolClass } from '../../policies/policy.ts'
import { isJsonObject } from '@sallyport/verifier'
import type { RpcMessage } from '../mcp/message.ts'

const NO_ARGUMENTS: Readonly<Record<string, unknown>> = {}

export interface Surroundings {
  readonly server: string
  readonly bytes: number
  readonly request: Action['request']
  toolClassOf(tool: string): ToolClass | undefined
}

/** What a message asks for. One that completes an argument of a prompt or a resource asks for that prompt or resource. */
export function actionOf(message: RpcMessage, { server, bytes, request, toolClassOf }: Surroundings): Action {
  const { method, acts, params } = message
  const kind = acts?.target === undefined ? kindOf(method) : acts.kind
  return {
    server,
    kind,
    method,
    target: acts?.target,
    toolClass: kind === 'tool' ? toolClassOf(acts!.target!) : undefined,
    args: isJsonObject(params?.arguments) ? params.arguments : NO_ARGUMENTS,
    bytes,
    request,
  }
}
