import { kindOf } from '../../policies/action-kind.ts'
import type { Action, Doubts } from '../../policies/decision.ts'
import type { ToolClass } from '../../tools/tool-class.ts'
import { isJsonObject } from '@sallyport/verifier'
import type { RpcMessage } from '../mcp/message.ts'

const NO_ARGUMENTS: Readonly<Record<string, unknown>> = {}

export interface Surroundings {
  readonly server: string
  readonly bytes: number
  readonly request: Action['request']
  toolClassOf(tool: string): ToolClass | undefined
  /** What servers may read differently in the arguments of this message of the call. */
  doubtsOf(index: number): Doubts | undefined
}

/** All that a call asks for; nearly always one thing. To watch a resource is what once was a message of its own. */
export function actionsOf(messages: readonly RpcMessage[], surroundings: Surroundings): readonly Action[] {
  if (messages.length === 0) return [sessionAction(surroundings)]
  const actions: Action[] = []
  messages.forEach((message, index) => {
    actions.push(actionOf(message, index, surroundings))
    for (const uri of message.watched) actions.push(subscribing(uri, surroundings))
  })
  return actions
}

const subscribing = (target: string, { server, bytes, request }: Surroundings): Action => ({
  server,
  kind: 'resource',
  method: 'resources/subscribe',
  target,
  toolClass: undefined,
  args: NO_ARGUMENTS,
  bytes,
  request,
})

/** One that completes an argument of a prompt or a resource asks for that prompt or resource. */
function actionOf(message: RpcMessage, index: number, surroundings: Surroundings): Action {
  const { server, bytes, request } = surroundings
  const { method, acts, params } = message
  const kind = acts?.target === undefined ? kindOf(method) : acts.kind
  return {
    server,
    kind,
    method,
    target: acts?.target,
    toolClass: kind === 'tool' ? surroundings.toolClassOf(acts!.target!) : undefined,
    args: isJsonObject(params?.arguments) ? params.arguments : NO_ARGUMENTS,
    doubts: () => surroundings.doubtsOf(index),
    bytes,
    request,
  }
}

/** What GET and DELETE ask for: the stream of a session, and its end. Rules about callers hold for these as well. */
const sessionAction = ({ server, request }: Surroundings): Action => ({
  server,
  kind: 'protocol',
  method: '',
  target: undefined,
  toolClass: undefined,
  args: NO_ARGUMENTS,
  bytes: 0,
  request,
})
