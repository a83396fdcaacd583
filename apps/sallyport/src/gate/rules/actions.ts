import type { ToolClass } from '../../policies/policy.ts'
import type { Action, ActionKind } from '../../policies/decision.ts'
import { isJsonObject } from '@sallyport/verifier'
import type { RpcMessage } from '../mcp/message.ts'

/** What every session needs, whatever it then does. Lists are among it: they are filtered. */
const PROTOCOL = new Set([
  '', // a response
  'initialize',
  'ping',
  'server/discover',
  'subscriptions/listen',
  'logging/setLevel',
  'tools/list',
  'prompts/list',
  'resources/list',
  'resources/templates/list',
  'resources/unsubscribe',
])

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
  const kind = acts?.kind ?? kindOf(method)
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

/** Tasks belong to whoever started them, and were judged then. */
const kindOf = (method: string): ActionKind =>
  PROTOCOL.has(method) || method.startsWith('notifications/') || method.startsWith('tasks/') ? 'protocol' : 'other'
