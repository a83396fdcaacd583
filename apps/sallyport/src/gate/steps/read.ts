import type { IncomingMessage } from 'node:http'
import { presentableText } from '../../audit/presentable.ts'
import { answering } from '../answering.ts'
import { advance } from '../call.ts'
import type { AdmittedCall, ReadCall } from '../call.ts'
import { deny, isDenied } from '../../outcome/denial.ts'
import type { Denial } from '../../outcome/denial.ts'
import { GateFault } from '../../outcome/fault.ts'
import { takeMetaContext } from '../../telemetry/take-context.ts'
import { checkMirroredHeaders, isStateless } from '../mcp/headers.ts'
import { readRpcBody } from '../mcp/message.ts'
import type { RpcBody } from '../mcp/message.ts'
import type { SessionBinder, SessionOwner } from '../mcp/session.ts'

export interface ReadOptions {
  /** Bytes of bodies that are arriving, of all calls together. */
  readonly held: { bytes: number }
  /** How many of them there may be. */
  readonly heldBytes: number
  readonly messageBytes: number
  readonly sessions: SessionBinder
}

/** What a request carried: its bytes and what they say. */
interface Carried extends RpcBody {
  readonly body: Buffer | undefined
}

const NO_SESSION = 'not a session of this caller, client and server, or of another sealing key'

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
  const body = await collect(request, options)
  if (body === undefined) return tooLarge(request, options)
  const read = readRpcBody(body)
  if (isDenied(read)) return read
  const [first] = read.messages
  if (!read.batch) takeMetaContext(call.record, first!.params)
  call.record.rpcMethod = read.batch ? 'batch' : presentableText(first!.method) || 'response'
  const target = first!.target ?? first!.acts?.target
  if (target !== undefined && !read.batch) call.record.target = presentableText(target)
  const outcome = checkMirroredHeaders(request.headers, read) ?? withSession(call, { ...read, body }, options)
  return isDenied(outcome) ? answering(outcome, read.messages) : outcome
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
    if (upstreamSessionId === undefined) return deny({ code: 'session_unknown', detail: NO_SESSION })
  }
  return advance(call, 'read', { body, messages, upstreamSessionId, stateless })
}

export const ownerOf = ({ server, proof, principal }: AdmittedCall): SessionOwner => ({
  server: server.name,
  teamspaceId: principal.teamspaceId ?? '',
  principalId: principal.id,
  clientId: ('clientId' in proof && proof.clientId) || '',
})

const tooLarge = ({ headers }: IncomingMessage, { messageBytes }: ReadOptions): Denial =>
  deny({
    code: 'message_too_large',
    expected: `at most ${messageBytes} bytes`,
    presented: headers['content-length'] ?? 'more',
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

/**
 * The whole body, or undefined when it is longer than allowed. Rejects when the client goes away first, and when the
 * bodies that are arriving would together hold too much memory: slow senders cost nobody else anything.
 */
function collect(
  request: IncomingMessage,
  { messageBytes, held, heldBytes }: ReadOptions,
): Promise<Buffer | undefined> {
  const announced = request.headers['content-length']
  if (announced !== undefined && Number(announced) > messageBytes) return Promise.resolve(undefined)
  return new Promise((resolve, reject) => {
    let chunks: Buffer[] | undefined = []
    let size = 0
    const settle = (then: () => void) => {
      if (!chunks) return
      chunks = undefined
      held.bytes -= size
      then()
    }
    const giveUp = (then: () => void) => {
      request.pause()
      settle(then)
    }
    request.on('data', (chunk: Buffer) => {
      if (!chunks) return
      chunks.push(chunk)
      size += chunk.length
      held.bytes += chunk.length
      if (size > messageBytes) giveUp(() => resolve(undefined))
      else if (held.bytes > heldBytes)
        giveUp(() => reject(new GateFault('gate_busy', 'arriving messages fill the memory')))
    })
    request.on('end', () => {
      const [first, ...more] = chunks ?? []
      settle(() => resolve(more.length > 0 ? Buffer.concat([first!, ...more], size) : (first ?? Buffer.alloc(0))))
    })
    // 'error' is Node's word for a connection that ended too early.
    request.on('error', () => settle(() => reject(new ClientGone())))
    request.on('close', () => settle(() => reject(new ClientGone())))
  })
}

/** The client hung up before an answer: nobody is left to tell. */
export class ClientGone extends Error {
  constructor() {
    super('the client went away')
    this.name = 'ClientGone'
  }
}
