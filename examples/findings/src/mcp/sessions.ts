import { randomUUID } from 'node:crypto'
import {
  type AuthInfo,
  type EventStore,
  type McpServerFactory,
  WebStandardStreamableHTTPServerTransport,
} from '@modelcontextprotocol/server'

export interface SessionsOptions {
  readonly factory: McpServerFactory
  /** Whom a session belongs to. A session id is no credential: only its owner may use it. */
  readonly ownerOf: (auth: AuthInfo | undefined) => string
  readonly now?: () => number
  readonly maxSessions?: number
  /** So that one caller cannot push out the sessions of all others. */
  readonly maxSessionsPerOwner?: number
  readonly idleSeconds?: number
  readonly eventStore?: () => EventStore
}

interface Session {
  readonly transport: WebStandardStreamableHTTPServerTransport
  readonly owner: string
  readonly close: () => Promise<void>
  usedAt: number
}

/** Revisions up to 2025-11-25: `Mcp-Session-Id`, a GET stream for what the server starts, DELETE to end. */
export function createSessions(options: SessionsOptions) {
  const { factory, ownerOf, now = Date.now, idleSeconds = 1800 } = options
  const { maxSessions = 1000, maxSessionsPerOwner = 50 } = options
  const sessions = new Map<string, Session>()

  async function start(request: Request, authInfo: AuthInfo | undefined): Promise<Response> {
    const owner = ownerOf(authInfo)
    await makeRoomFor(owner)
    const mcpServer = await factory({ era: 'legacy', requestInfo: request, ...(authInfo && { authInfo }) })
    const transport = new WebStandardStreamableHTTPServerTransport({
      sessionIdGenerator: randomUUID,
      onsessioninitialized: (id) => {
        sessions.set(id, { transport, owner, close: () => mcpServer.close(), usedAt: now() })
      },
      onsessionclosed: (id) => void sessions.delete(id),
      ...(options.eventStore && { eventStore: options.eventStore(), retryInterval: 500 }),
    })
    await mcpServer.connect(transport)
    const response = await transport.handleRequest(request, { ...(authInfo && { authInfo }) })
    // Only `initialize` makes a session; anything else has been answered 400 and leaves nothing behind.
    if (transport.sessionId === undefined) await mcpServer.close()
    return response
  }

  async function makeRoomFor(owner: string) {
    const idleBefore = now() - idleSeconds * 1000
    for (const [id, session] of sessions) {
      if (session.usedAt > idleBefore && sessions.size < maxSessions) break
      await end(id, session)
    }
    const own = [...sessions].filter(([, session]) => session.owner === owner)
    for (const [id, session] of own.slice(0, Math.max(0, own.length + 1 - maxSessionsPerOwner))) await end(id, session)
  }

  async function end(id: string, session: Session) {
    sessions.delete(id)
    await session.close()
  }

  return {
    async fetch(request: Request, { authInfo }: { authInfo?: AuthInfo } = {}): Promise<Response> {
      const id = request.headers.get('mcp-session-id')
      if (id === null) return start(request, authInfo)

      const session = sessions.get(id)
      if (session === undefined || session.owner !== ownerOf(authInfo)) return sessionNotFound()
      session.usedAt = now()
      // Moved to the end, so that the map stays in the order of last use.
      sessions.delete(id)
      sessions.set(id, session)
      return session.transport.handleRequest(request, { ...(authInfo && { authInfo }) })
    },
    async close() {
      await Promise.all([...sessions.values()].map((session) => session.close()))
      sessions.clear()
    },
  }
}

/** The same answer for a session that ended and for somebody else's, so that ids cannot be probed. */
function sessionNotFound(): Response {
  const error = { code: -32001, message: 'Session not found' }
  return Response.json({ jsonrpc: '2.0', error, id: null }, { status: 404 })
}
