import type { IncomingHttpHeaders, ServerResponse } from 'node:http'
import type { Dispatcher } from 'undici'
import type { CallRecord, RecordedCall } from '../call.ts'
import { GateFault } from '../../outcome/fault.ts'
import type { SessionBinder } from '../mcp/session.ts'
import type { Outcomes } from '../outcomes.ts'
import type { Metrics } from '../../telemetry/metrics.ts'
import type { ServerTally } from '../../telemetry/server-tally.ts'
import { ClientGone } from './read.ts'
import { clientHeaders, isEventStream, upstreamHeaders } from '../upstream/headers.ts'
import { listAnswer } from '../upstream/list-answer.ts'
import type { ListAnswer, ListLimits } from '../upstream/list-answer.ts'
import type { OpenStream, OpenStreams } from '../streams/open-streams.ts'
import { hearTools } from '../upstream/tool-hearing.ts'
import type { ToolHearing } from '../upstream/tool-hearing.ts'
import type { MessageReader } from '../upstream/message-reader.ts'
import type { UpstreamHandler, UpstreamPool } from '../upstream/pool.ts'

/** Answers up to this size with a known length leave in one write with their head. */
const SMALL_ANSWER = 64 * 1024

export interface ForwardDeps {
  readonly pools: ReadonlyMap<string, UpstreamPool>
  readonly sessions: SessionBinder
  readonly metrics: Pick<Metrics, 'tallyOf'>
  readonly forwardBaggage: boolean
  readonly outcomes: Pick<Outcomes, 'addOwnHeaders' | 'answered' | 'fail'>
  readonly listLimits: ListLimits
  /** Is told what servers say of their tools. */
  readonly hearing?: ToolHearing | undefined
  /** Event streams are judged again, for as long as they are open. */
  readonly streams: Pick<OpenStreams, 'add' | 'delete'>
  /** Told of a stream that had to be cut, when its call is in the audit trail already. */
  readonly onCut: (fault: GateFault, record: CallRecord) => void
  /** Another go through the inner door, after the server refused what the first one brought (S2B-18). */
  readonly retry: (call: RecordedCall, response: ServerResponse) => void
  /** For calls whose failing fails. */
  readonly lose: (error: unknown, response: ServerResponse) => void
}

/**
 * Sends the judged bytes on and streams the answer back: unbuffered, with back-pressure, and aborted with the client,
 * before its head too.
 */
export function forward(call: RecordedCall, response: ServerResponse, deps: ForwardDeps): void {
  const { server, request, body } = call
  const handler = new Answer(call, response, deps)
  const options: Dispatcher.DispatchOptions = {
    path: server.upstream.pathname + server.upstream.search,
    method: request.method as Dispatcher.HttpMethod,
    headers: upstreamHeaders(call, deps),
    body: body ?? null,
  }
  if (!deps.pools.get(server.name)!.dispatch(options, handler)) {
    throw new GateFault('upstream_busy', `all connections to ${server.name} are taken`)
  }
}

/** One answer on its way from the server to the client. */
class Answer implements UpstreamHandler, OpenStream {
  release?: () => void
  readonly call: RecordedCall
  readonly #response: ServerResponse
  readonly #deps: ForwardDeps
  #controller: Dispatcher.DispatchController | undefined
  #headers: Record<string, string> | undefined
  #status = 0
  #small: Buffer[] | undefined
  #lists: ListAnswer | undefined
  #hearing: MessageReader | undefined
  #over = false
  readonly #sentAt = performance.now()
  #isStream = false
  #cutBy: string | undefined

  constructor(call: RecordedCall, response: ServerResponse, deps: ForwardDeps) {
    this.call = call
    this.#response = response
    this.#deps = deps
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller
    const response = this.#response
    if (response.destroyed) return controller.abort(new Error('client went away'))
    response.on('close', () => {
      if (!this.#over) controller.abort(new Error('client went away'))
    })
  }

  onResponseStart(_controller: Dispatcher.DispatchController, status: number, headers: IncomingHttpHeaders): void {
    if (status < 200) return // informational answers are hop by hop
    this.call.record.trace?.upstreamAnswered(status)
    this.#tally.countUpstream(status, (performance.now() - this.#sentAt) / 1000)
    // Its challenge names its own authorization server and would send the client to the wrong place.
    if (status === 401) throw new CredentialRefused('upstream_refused_credential', 'the server answered 401')
    const call = this.call
    this.#status = status
    this.#headers = this.#deps.outcomes.addOwnHeaders(call, clientHeaders(call, headers, this.#deps.sessions))
    const length = Number(headers['content-length'] ?? NaN)
    const { listLimits: limits, hearing } = this.#deps
    this.#lists = listAnswer(call, status, headers, limits)
    this.#hearing = hearTools(call, status, headers, { limits, hearing })
    if (this.#lists) this.#headers = headersOfFiltered(this.#headers)
    if (this.#lists?.isWhole || (length <= SMALL_ANSWER && call.request.method !== 'HEAD')) {
      this.#small = []
      return
    }
    if (isEventStream(headers)) {
      this.#isStream = true
      this.#tally.openStream(call.record.teamspaceId)
      this.#deps.streams.add(this)
      this.#headers['x-accel-buffering'] = 'no'
    }
    this.#sendHead()
  }

  #sendHead(): void {
    this.#small = undefined
    this.#noteTime()
    this.#deps.outcomes.answered(this.call, this.#status, this.#status) // now: a stream may stay open for hours
    this.#response.writeHead(this.#status, this.#headers)
    this.#response.flushHeaders() // a silent stream's head must arrive at once
    this.#response.on('drain', () => this.#controller?.resume())
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#hearing?.push(chunk)
    const lists = this.#lists
    const passing = lists ? lists.push(chunk) : chunk
    if (lists?.isPassing && this.#small) this.#sendHead()
    this.#pass(controller, passing)
  }

  #pass(controller: Dispatcher.DispatchController, passing: Buffer): void {
    if (this.#small) return void this.#small.push(passing)
    if (passing.length > 0 && !this.#response.write(passing)) controller.pause()
  }

  onResponseEnd(controller: Dispatcher.DispatchController): void {
    this.#hearing?.end()
    const lists = this.#lists
    if (lists) {
      try {
        this.#pass(controller, lists.end())
      } catch (fault) {
        return this.onResponseError(controller, fault as Error)
      }
    }
    this.#finish()
    const small = this.#small
    if (!small) return void this.#response.end()
    this.#noteTime()
    const body = small.length === 1 ? small[0]! : Buffer.concat(small)
    if (lists) {
      this.#headers!['content-length'] = `${body.length}`
      this.call.record.filtered = lists.filtered
    }
    this.#deps.outcomes.answered(this.call, this.#status, this.#status)
    this.#response.writeHead(this.#status, this.#headers)
    // As a string, head and body leave in one write; latin1 maps every byte to itself.
    this.#response.end(body.toString('latin1'), 'latin1')
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    const fault = this.#response.destroyed ? new ClientGone() : toUpstreamFault(error)
    this.#finish(this.#cutBy ?? (fault instanceof ClientGone ? undefined : fault.code))
    if (this.#response.headersSent) {
      if (error instanceof GateFault) this.#deps.onCut(error, this.call.record)
      return void this.#response.destroy()
    }
    this.#noteTime()
    if (error instanceof CredentialRefused && this.call.renewCredential)
      return this.#deps.retry(this.call, this.#response)
    void this.#fail(fault)
  }

  /** Undici was told of the end: what is thrown now is nobody else's. */
  async #fail(fault: unknown): Promise<void> {
    const { outcomes, lose } = this.#deps
    try {
      await outcomes.fail(this.call, this.#response, fault)
    } catch (error) {
      lose(error, this.#response)
    }
  }

  cut(code: string): void {
    this.#cutBy = code
    this.#response.destroy() // which aborts the request to the server, too
  }

  get #tally(): ServerTally {
    return this.#deps.metrics.tallyOf(this.call.server.name)
  }

  #finish(failure?: string): void {
    if (this.#isStream && !this.#over) {
      this.#tally.closeStream(this.call.record.teamspaceId)
      this.#deps.streams.delete(this)
    }
    this.#over = true
    this.#lists?.close()
    this.#hearing?.close()
    this.release?.()
    this.call.record.trace?.endUpstream(failure)
  }

  /** The time until now was the server's; with a second go, that of both. */
  #noteTime(): void {
    const { record } = this.call
    record.upstreamMs = (record.upstreamMs ?? 0) + performance.now() - this.#sentAt
  }
}

/** What is shown to one caller is not what the server described, and is nobody else's. */
function headersOfFiltered(headers: Record<string, string>): Record<string, string> {
  const { 'content-length': _length, etag: _etag, 'last-modified': _modified, ...others } = headers
  const isShared = /\b(?:public|s-maxage)\b/i.test(others['cache-control'] ?? '')
  return isShared ? { ...others, 'cache-control': 'private' } : others
}

class CredentialRefused extends GateFault {}

function toUpstreamFault(error: Error): GateFault {
  if (error instanceof GateFault) return error
  const code = (error as NodeJS.ErrnoException).code
  const late =
    code === 'UND_ERR_HEADERS_TIMEOUT' || code === 'UND_ERR_BODY_TIMEOUT' || code === 'UND_ERR_CONNECT_TIMEOUT'
  const detail = { detail: String(code ?? error.name) } // its words differ from version to version
  return new GateFault(late ? 'upstream_timeout' : 'upstream_unreachable', error.message, { cause: error, detail })
}
