import type { IncomingMessage, ServerResponse } from 'node:http'
import { type NodeMcpRequestHandler, toNodeHandler } from '@modelcontextprotocol/node'
import {
  type AuthInfo,
  createMcpHandler,
  isJsonContentType,
  isLegacyRequest,
  type ServerNotifier,
} from '@modelcontextprotocol/server'
import { createSessions, type SessionsOptions } from './sessions.ts'

type Incoming = Parameters<NodeMcpRequestHandler>[0]
type Outgoing = Parameters<NodeMcpRequestHandler>[1]

export interface McpEndpointOptions extends SessionsOptions {
  readonly onerror?: (error: Error) => void
}

export interface McpEndpoint {
  handle(request: IncomingMessage & { auth?: AuthInfo }, response: ServerResponse): Promise<void>
  readonly notify: ServerNotifier
  close(): Promise<void>
}

/** One endpoint, both eras of the protocol: 2026-07-28 without sessions, and the revisions before it with them. */
export function createMcpEndpoint(options: McpEndpointOptions): McpEndpoint {
  const { onerror } = options
  const modern = createMcpHandler(options.factory, { legacy: 'reject', ...(onerror && { onerror }) })
  const sessions = createSessions(options)

  const fetch = async (request: Request, context?: { authInfo?: AuthInfo }): Promise<Response> => {
    // `isLegacyRequest` classifies only; the media type is ours to check before either side parses.
    if (request.method === 'POST' && !isJsonContentType(request.headers.get('content-type'))) return notJson()
    return (await isLegacyRequest(request)) ? sessions.fetch(request, context) : modern.fetch(request, context)
  }
  const handle = toNodeHandler({ fetch }, { ...(onerror && { onerror }) })

  return {
    // The adapter's duck types are older than `exactOptionalPropertyTypes`; Node's own classes are what it is made for.
    handle: (request, response) => handle(request as Incoming, flushingEventStreams(response)),
    notify: modern.notify,
    async close() {
      await Promise.all([modern.close(), sessions.close()])
    },
  }
}

/** Node keeps the headers back until the first byte of the body, which on a silent GET stream is a keep-alive away. */
function flushingEventStreams(response: ServerResponse): Outgoing {
  return {
    writeHead(status, headers) {
      response.writeHead(status, headers)
      if (headers?.['content-type']?.startsWith('text/event-stream')) response.flushHeaders()
    },
    write: (chunk) => response.write(chunk),
    end: (chunk) => response.end(chunk),
    on: (event, listener) => response.on(event, listener),
    get destroyed() {
      return response.destroyed
    },
  }
}

function notJson(): Response {
  const error = { code: -32000, message: 'Content-Type must be application/json' }
  return Response.json({ jsonrpc: '2.0', error, id: null }, { status: 415 })
}
