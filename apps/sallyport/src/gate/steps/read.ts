import type { IncomingMessage } from 'node:http'
import { advance } from '../call.ts'
import type { AdmittedCall, ReadCall } from '../call.ts'
import { deny, isDenied } from '../../outcome/denial.ts'
import type { Denial } from '../../outcome/denial.ts'
import { checkMirroredHeaders, isStateless } from '../mcp/headers.ts'
import { readRpcBody } from '../mcp/message.ts'
import type { RpcBody } from '../mcp/message.ts'
import type { SessionBinder } from '../mcp/session.ts'

export interface ReadOptions {
  readonly messageBytes: number
  readonly sessions: SessionBinder
}

/** What a request carried: its bytes and what they say. */
interface Carried extends RpcBody {
  readonly body: Buffer | undefined
}

const NOTHING: Carried = { messages: [], batch: false, body: undefined }
const JSON_TYPE = /^application\/json(?:\s*;\s*charset="?utf-8"?)?\s*$/i

/**
 * Reads the message once, whole and bounded, after the caller is known: nobody without a credential makes the gate hold
 * a body, and clients that probe with GET or an old revision still get the challenge first.
 */
export async function read(call: AdmittedCall, options: ReadOptions): Promise<ReadCall | Denial> {
  const { request } = call
  if (request.method !== 'POST') return withSession(call, NOTHING, options)
  const unsupported = checkContentType(request)
  if (unsupported) return unsupported
  const body = await collect(request, options.messageBytes)
  if (body === undefined) return deny({ code: 'message_too_large' })
  const read = readRpcBody(body)
  if (isDenied(read)) return read
  const [first] = read.messages
  call.record.rpcMethod = read.batch ? 'batch' : first!.method || 'response'
  if (first!.target !== undefined && !read.batch) call.record.target = first!.target.slice(0, 512)
  const outcome = checkMirroredHeaders(request.headers, read) ?? withSession(call, { ...read, body }, options)
  const isRequest = !read.batch && first!.kind === 'request'
  return isRequest && isDenied(outcome) ? { ...outcome, answers: first!.id } : outcome
}

function withSession(call: AdmittedCall, carried: Carried, options: ReadOptions): ReadCall | Denial {
  const { messages, body } = carried
  const { headers } = call.request
  const version = headers['mcp-protocol-version'] as string | undefined
  const stateless = isStateless(messages[0]?.revision ?? version)
  const presented = headers['mcp-session-id'] as string | undefined
  let upstreamSessionId: string | undefined
  if (presented !== undefined && !stateless) {
    upstreamSessionId = options.sessions.unwrap(presented, ownerOf(call))
    if (upstreamSessionId === undefined) return deny({ code: 'session_unknown' })
  }
  return advance(call, { body, messages, upstreamSessionId, stateless })
}

export const ownerOf = ({ server, token, member }: AdmittedCall) => ({
  server: server.name,
  teamspaceId: token.teamspaceId,
  memberId: member.id,
  clientId: token.clientId ?? '',
})

function checkContentType({ headers }: IncomingMessage): Denial | undefined {
  const type = headers['content-type'] ?? ''
  if (type !== 'application/json' && !JSON_TYPE.test(type)) {
    return deny({ code: 'message_type_unsupported', detail: 'content-type' })
  }
  const encoding = headers['content-encoding']
  if (encoding !== undefined && encoding !== 'identity') {
    return deny({ code: 'message_type_unsupported', detail: 'content-encoding' })
  }
  return undefined
}

/** The whole body, or undefined when it is longer than allowed. Rejects when the client goes away first. */
function collect(request: IncomingMessage, maxBytes: number): Promise<Buffer | undefined> {
  const announced = request.headers['content-length']
  if (announced !== undefined && Number(announced) > maxBytes) return Promise.resolve(undefined)
  return new Promise((resolve, reject) => {
    let first: Buffer | undefined
    let chunks: Buffer[] | undefined
    let size = 0
    request.on('data', (chunk: Buffer) => {
      size += chunk.length
      if (size > maxBytes) {
        request.pause()
        return resolve(undefined)
      }
      if (first === undefined) first = chunk
      else (chunks ??= [first]).push(chunk)
    })
    request.on('end', () => resolve(chunks ? Buffer.concat(chunks, size) : (first ?? Buffer.alloc(0))))
    request.on('error', () => reject(new ClientGone())) // Node's word for a connection that ended too early
    request.on('close', () => request.complete || reject(new ClientGone()))
  })
}

/** The client hung up before an answer: nobody is left to tell. */
export class ClientGone extends Error {
  constructor() {
    super('the client went away')
    this.name = 'ClientGone'
  }
}
