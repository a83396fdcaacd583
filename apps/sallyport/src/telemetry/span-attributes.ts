import type { Attributes } from '@opentelemetry/api'
import type { EndedCall } from './ended-call.ts'
import { toLoggedTarget } from './logged-target.ts'

/** What is known of a call when its spans are named. */
export interface Named {
  readonly rpcMethod?: string | undefined
  readonly target?: string | undefined
  readonly decision?: EndedCall['decision'] | undefined
}

/** Methods that may name a span: names of spans are few, and callers can write any. */
const METHODS = new Set([
  'initialize',
  'ping',
  'server/discover',
  'tools/list',
  'tools/call',
  'prompts/list',
  'prompts/get',
  'resources/list',
  'resources/read',
  'resources/subscribe',
  'resources/templates/list',
  'resources/unsubscribe',
  'completion/complete',
  'logging/setLevel',
  'tasks/get',
  'tasks/list',
  'tasks/result',
  'tasks/update',
  'tasks/cancel',
  'subscriptions/listen',
  'notifications/initialized',
  'notifications/cancelled',
  'notifications/progress',
  'notifications/roots/list_changed',
])

/** Attributes of OpenTelemetry's conventions for MCP and GenAI, which say what a method acts on. */
const TARGET_ATTRIBUTE: Readonly<Record<string, string>> = {
  'tools/call': 'gen_ai.tool.name',
  'prompts/get': 'gen_ai.prompt.name',
  'resources/read': 'mcp.resource.uri',
  'resources/subscribe': 'mcp.resource.uri',
  'resources/unsubscribe': 'mcp.resource.uri',
}

/** `tools/call search`; without the target where it is an address or was refused, since whoever calls can make those up. */
export function toSpanName({ rpcMethod, target, decision }: Named, httpMethod: string | undefined): string {
  if (rpcMethod === undefined) return `mcp ${httpMethod ?? ''}`.trim()
  if (!METHODS.has(rpcMethod)) return 'mcp _OTHER'
  const named = rpcMethod === 'tools/call' || rpcMethod === 'prompts/get'
  return named && target !== undefined && decision !== 'denied'
    ? `${rpcMethod} ${toLoggedTarget(rpcMethod, target)}`
    : rpcMethod
}

export function toMessageAttributes({ rpcMethod, target }: Named): Attributes {
  if (rpcMethod === undefined) return {}
  const targetAttribute = Object.hasOwn(TARGET_ATTRIBUTE, rpcMethod) ? TARGET_ATTRIBUTE[rpcMethod] : undefined
  const attributes: Attributes = { 'mcp.method.name': rpcMethod }
  if (rpcMethod === 'tools/call') attributes['gen_ai.operation.name'] = 'execute_tool'
  const shown = toLoggedTarget(rpcMethod, target)
  if (targetAttribute !== undefined && shown !== undefined) attributes[targetAttribute] = shown
  return attributes
}

/** Whoever hangs up may do so. */
export const isFailure = ({ decision, rule }: EndedCall): boolean => decision === 'fault' && rule !== 'client_gone'

/** Undefined ones are left out by whoever sets them. */
export const toCallAttributes = (call: EndedCall): Attributes => ({
  ...toMessageAttributes(call),
  'http.response.status_code': call.status === 0 ? undefined : call.status,
  'network.transport': 'tcp',
  'sallyport.request_id': call.requestId,
  'sallyport.server': call.server,
  'sallyport.decision': call.decision,
  'sallyport.rule': call.rule,
  'sallyport.step': call.decision === 'allowed' ? undefined : call.step,
  'sallyport.teamspace_id': call.teamspaceId,
  'sallyport.principal': call.principal,
  'error.type': isFailure(call) ? call.rule : undefined,
})
