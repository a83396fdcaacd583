import type { CallToolResult, ServerContext } from '@modelcontextprotocol/server'
import type { VerifiedToken } from '@sallyport/verifier'
import type { FindingsRepository } from '../store/findings-repository.ts'

/** All that a tool gets: who is calling, and the findings of that caller's teamspace. */
export interface Call {
  readonly caller: VerifiedToken<'entra'>
  readonly findings: FindingsRepository
  readonly now: () => number
}

/** Asked on every call and never kept: a session outlives the access token it began with. */
export type CallOf = (context: ServerContext) => Call

export function answer(value: Record<string, unknown>): CallToolResult {
  return { content: [{ type: 'text', text: JSON.stringify(value) }], structuredContent: value }
}

export function refuse(message: string): CallToolResult {
  return { content: [{ type: 'text', text: message }], isError: true }
}

export const READ_ONLY = { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: false }
