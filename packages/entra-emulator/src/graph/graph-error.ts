import { randomUUID } from 'node:crypto'

/** A refusal of Microsoft Graph; its codes are Graph's. */
export class GraphError extends Error {
  readonly status: 400 | 401 | 403 | 404
  readonly code: string

  constructor(status: 400 | 401 | 403 | 404, code: string, message: string) {
    super(message)
    this.status = status
    this.code = code
  }
}

export const denied = (): GraphError =>
  new GraphError(403, 'Authorization_RequestDenied', 'The token has no permission for this operation.')

export const notFound = (id: string): GraphError =>
  new GraphError(404, 'Request_ResourceNotFound', `Resource '${id}' does not exist.`)

export const badRequest = (message: string): GraphError => new GraphError(400, 'Request_BadRequest', message)

export const unsupported = (message: string): GraphError => new GraphError(400, 'Request_UnsupportedQuery', message)

export function toGraphErrorBody({ code, message }: GraphError, nowMs: number, clientRequestId: string | undefined) {
  const requestId = randomUUID()
  const date = new Date(nowMs).toISOString().slice(0, 19)
  const innerError = { date, 'request-id': requestId, 'client-request-id': clientRequestId ?? requestId }
  return { error: { code, message, innerError } }
}
