import { sendRequest } from '../../support/raw-http.ts'
import type { Entry } from './entry.ts'
import { message, toolCall } from './entry.ts'

const CLIENT = 'the client sent it so'

/** Refusals of what was asked, whoever asked it. */
export const MESSAGES: readonly Entry[] = [
  {
    code: 'path_unknown',
    send: ({ send, ada }) => send('nowhere', ada),
    status: 404,
    server: 'none',
    step: 'route',
    detail: () => ({ presented: '/nowhere/mcp' }),
    fix: 'servers.NAME.path',
  },
  {
    code: 'teamspace_unknown',
    send: ({ send, ada, publicUrl }) => send('tools', ada, { url: `${publicUrl}/t/nobody/tools/mcp` }),
    status: 404,
    server: 'none',
    step: 'route',
    detail: () => ({ presented: 'nobody' }),
    fix: 'sallyport teamspace create',
  },
  {
    code: 'host_not_allowed',
    send: ({ publicUrl }) =>
      sendRequest(`${publicUrl}/tools/mcp`, { without: ['host'], headers: [['host', 'rebound.example']] }),
    status: 403,
    server: 'none',
    step: 'route',
    detail: () => ({ presented: 'rebound.example' }),
    fix: 'allowedHosts',
  },
  {
    code: 'origin_not_allowed',
    send: ({ send, ada }) => send('tools', ada, { headers: { origin: 'https://elsewhere.example' } }),
    status: 403,
    server: 'none',
    step: 'route',
    detail: () => ({ presented: 'https://elsewhere.example' }),
    fix: 'allowedOrigins',
  },
  {
    code: 'method_not_allowed',
    send: ({ send, ada }) => send('tools', ada, { method: 'PUT' }),
    status: 405,
    headers: { allow: 'POST, GET, DELETE, OPTIONS' },
    step: 'route',
    detail: () => ({ presented: 'PUT' }),
    fix: CLIENT,
  },
  {
    code: 'session_unknown',
    send: ({ send, ada }) =>
      send('tools', ada, { headers: { 'mcp-session-id': 'of-somebody-else' }, body: message('ping') }),
    status: 404,
    rpc: { code: -32600, id: 7 },
    step: 'read',
    detail: () => ({ detail: 'not a session of this caller, client and server, or of another sealing key' }),
    fix: 'the client has to begin a new session',
  },
  {
    code: 'message_type_unsupported',
    send: ({ send, ada }) => send('tools', ada, { headers: { 'content-type': 'text/plain' } }),
    status: 415,
    rpc: { code: -32600, id: null },
    step: 'read',
    detail: () => ({ detail: 'content-type' }),
    fix: CLIENT,
  },
  {
    code: 'message_too_large',
    send: ({ publicUrl, ada }) =>
      sendRequest(`${publicUrl}/tools/mcp`, {
        without: ['content-length'],
        headers: [
          ['authorization', `Bearer ${ada}`],
          ['content-length', '900001'],
        ],
      }),
    status: 413,
    rpc: { code: -32600, id: null },
    step: 'read',
    detail: () => ({ expected: 'at most 900000 bytes', presented: '900001' }),
    fix: 'limits.messageBytes',
  },
  {
    code: 'message_malformed',
    send: ({ send, ada }) => send('tools', ada, { body: '{' }),
    status: 400,
    rpc: { code: -32700, id: null },
    step: 'read',
    detail: () => ({ detail: 'not JSON' }),
    fix: CLIENT,
  },
  {
    code: 'message_ambiguous',
    send: ({ send, ada }) => send('tools', ada, { body: toolCall('one').replace('"id":7', '"id":7,"id":8') }),
    status: 400,
    rpc: { code: -32600, id: null },
    step: 'read',
    detail: () => ({ detail: 'repeated member name' }),
    fix: CLIENT,
  },
  {
    code: 'batch_not_allowed',
    send: ({ send, ada }) =>
      send('tools', ada, { body: `[${message('ping')}]`, headers: { 'mcp-protocol-version': '2025-06-18' } }),
    status: 400,
    rpc: { code: -32600, id: 7 },
    step: 'read',
    detail: () => ({ presented: '2025-06-18' }),
    fix: CLIENT,
  },
  {
    code: 'header_mismatch',
    send: ({ send, ada }) => send('tools', ada, { body: message('ping'), headers: { 'mcp-method': 'tools/call' } }),
    status: 400,
    rpc: { code: -32020, id: 7 },
    step: 'read',
    detail: () => ({ header: 'mcp-method', expected: 'ping', presented: 'tools/call' }),
    fix: CLIENT,
  },
]
