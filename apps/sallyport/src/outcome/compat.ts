/** Bodies of refusals as other gateways write them, for clients that read those. Status and challenge stay ours. */
export interface Compat {
  /** 401 in the words of kubernetes-mcp-server, as text/plain (D-08). */
  readonly plainTextErrors: boolean
  /** 401 and 403 as JSON-RPC errors, as Context7 answers them (D-03). */
  readonly jsonrpcErrors: boolean
}

interface Refused {
  readonly code: string
  readonly detail?: unknown
  readonly status: number
  readonly says: string
}

interface Body {
  readonly contentType: string
  readonly body: string
}

/** Never -32002: MCP once used it for a resource that was not found. */
const RPC_CODE = -32001

export function compatBody(refused: Refused, compat: Compat | undefined): Body | undefined {
  if (compat?.plainTextErrors && refused.status === 401) return asPlainText(refused)
  if (compat?.jsonrpcErrors && (refused.status === 401 || refused.status === 403)) return asRpc(refused)
  return undefined
}

/** The line break at the end is part of the body: Go's `http.Error` writes it. */
function asPlainText({ code, detail }: Refused): Body {
  const isEmpty = code === 'token_malformed' && detail === 'empty'
  const says = code === 'token_missing' ? 'Bearer token required' : isEmpty ? 'Bearer token is empty' : 'Invalid token'
  return { contentType: 'text/plain; charset=utf-8', body: `Unauthorized: ${says}\n` }
}

function asRpc({ says }: Refused): Body {
  const body = JSON.stringify({ jsonrpc: '2.0', error: { code: RPC_CODE, message: says }, id: null })
  return { contentType: 'application/json', body }
}
