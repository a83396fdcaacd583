import { createServer } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { nextAuditId } from '../../apps/sallyport/src/audit/audit-id.ts'
import type { CallEvent } from '../../apps/sallyport/src/audit/audit-event.ts'
import type { CallRecord, RecordedCall, ListRules } from '../../apps/sallyport/src/gate/call.ts'
import { readRpcBody } from '../../apps/sallyport/src/gate/mcp/message.ts'
import type { RpcBody } from '../../apps/sallyport/src/gate/mcp/message.ts'
import { sessionBinder } from '../../apps/sallyport/src/gate/mcp/session.ts'
import { isStateless } from '../../apps/sallyport/src/gate/mcp/headers.ts'
import { createOutcomes } from '../../apps/sallyport/src/gate/outcomes.ts'
import { forward } from '../../apps/sallyport/src/gate/steps/forward.ts'
import type { ForwardDeps } from '../../apps/sallyport/src/gate/steps/forward.ts'
import { createCallTelemetry } from '../../apps/sallyport/src/telemetry/call-telemetry.ts'
import { createMetrics } from '../../apps/sallyport/src/telemetry/metrics.ts'
import { createUpstreamPool } from '../../apps/sallyport/src/gate/upstream/pool.ts'
import type { GateFault } from '../../apps/sallyport/src/outcome/fault.ts'
import { TEST_SEALING_KEY } from './sealing-key.ts'

export interface ListFrontOptions {
  /** What the caller may see; everything, unread, unless given. */
  readonly lists?: ListRules | undefined
  readonly listBytes?: number
  readonly heldBytes?: number
  readonly toolClasses?: Readonly<Record<string, 'read' | 'write' | 'destructive'>>
  readonly hearing?: ForwardDeps['hearing']
  readonly teamspaceId?: string | undefined
}

/** The gate's last step alone over real HTTP, for a caller who is admitted, to the server at this address. */
export async function startListFront(upstreamUrl: string, options: ListFrontOptions = {}) {
  const upstream = new URL(upstreamUrl)
  const pool = createUpstreamPool(upstream.origin, { max: 50, headersTimeoutMs: 5_000, bodyTimeoutMs: 5_000 })
  const recorded: CallEvent[] = []
  const cut: GateFault[] = []
  const faults: GateFault[] = []
  const held = { bytes: 0 }
  const metrics = createMetrics()
  const outcomes = createOutcomes({
    routes: { servers: new Map(), hosts: new Set(), isAllowedOrigin: () => false },
    audit: { record: (event) => void recorded.push(event), committed: () => Promise.reject(new Error('not required')) },
    isAuditRequired: false,
    challengeContext: async () => ({}) as never,
    telemetry: createCallTelemetry({ metrics, logCall: () => undefined }),
    onRefusal: () => undefined,
    onFault: (fault) => faults.push(fault),
    now: Date.now,
  })
  const deps: ForwardDeps = {
    pools: new Map([['listed', pool]]),
    sessions: sessionBinder(TEST_SEALING_KEY),
    outcomes,
    metrics,
    forwardBaggage: false,
    listLimits: { listBytes: options.listBytes ?? 4 * 1024 * 1024, held, heldBytes: options.heldBytes ?? 1e9 },
    hearing: options.hearing,
    streams: { add: () => undefined, delete: () => undefined },
    onCut: (fault) => cut.push(fault),
    retry: () => undefined,
    lose: (error) => {
      throw error
    },
  }
  const server = createServer((request, response) => {
    void handle(request, response, { upstream, options, deps }).catch((fault) =>
      outcomes.fail({ request, response, record: outcomes.begin(request, response) }, response, fault),
    )
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}/mcp`,
    recorded,
    /** Faults that were answered, and those that cut a stream. */
    faults,
    cut,
    held,
    async close() {
      server.close()
      server.closeAllConnections()
      await pool.close()
    },
  }
}

async function handle(
  request: IncomingMessage,
  response: ServerResponse,
  { upstream, options, deps }: { upstream: URL; options: ListFrontOptions; deps: ForwardDeps },
): Promise<void> {
  const chunks: Buffer[] = await request.toArray()
  const body = request.method === 'POST' ? Buffer.concat(chunks) : undefined
  const { messages } = (body ? readRpcBody(body) : { messages: [] }) as RpcBody
  const record: CallRecord = {
    requestId: nextAuditId(Date.now()),
    at: Date.now(),
    step: 'forward',
    startedAt: performance.now(),
  }
  const version = messages[0]?.revision ?? (request.headers['mcp-protocol-version'] as string | undefined)
  const call = {
    request,
    response,
    record,
    body,
    messages,
    stateless: isStateless(version),
    server: { name: 'listed', upstream, forwardHeaders: ['mcp-session-id'], toolClasses: options.toolClasses },
    principal: { kind: 'member', id: 'm', role: 'developer', email: '', teamspaceId: options.teamspaceId ?? 't' },
    proof: { kind: 'none' },
    lists: options.lists,
    rule: 'default',
    credential: undefined,
  } as unknown as RecordedCall
  const session = request.headers['mcp-session-id']
  const owner = { server: 'listed', teamspaceId: call.principal.teamspaceId!, principalId: 'm', clientId: '' }
  const upstreamSessionId = typeof session === 'string' ? deps.sessions.unwrap(session, owner) : undefined
  delete request.headers['mcp-session-id']
  forward(Object.assign(call, { upstreamSessionId }), response, deps)
}
