import type { Denial } from '../outcome/denial.ts'
import type { RpcMessage } from './mcp/message.ts'

/**
 * The refusal of a request, with its id, by which clients match answers (JSON-RPC 2.0 §5). What was sent in one batch is
 * refused in one answer, which is nobody's unless there was one request only.
 */
export const answering = (denial: Denial, [first, ...more]: readonly RpcMessage[]): Denial =>
  first?.kind === 'request' && more.length === 0 ? { ...denial, answers: first.id } : denial
