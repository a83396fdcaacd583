import { context, createTraceState, ROOT_CONTEXT, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api'
import type { Context, Link, Span, SpanContext, Tracer } from '@opentelemetry/api'
import type { CallSpans, EndedCall, Measured } from './ended-call.ts'
import { isFailure, toCallAttributes, toMessageAttributes, toSpanName } from './span-attributes.ts'
import type { StepTimes } from './step-times.ts'
import type { TraceContext } from './trace-context.ts'

/** The record of a call, as far as its spans are made of it. */
export type TracedRecord = Measured & {
  readonly at: number
  traceId?: string | undefined
  readonly rpcMethod?: string | undefined
  readonly target?: string | undefined
}

/**
 * The spans of one call: its own, one for each step, and one for each time that the server behind was asked. Steps are
 * marked while the call passes and become spans at its end.
 */
export class CallTrace implements CallSpans {
  readonly #tracer: Tracer
  readonly #record: TracedRecord
  readonly #times: StepTimes
  readonly #httpMethod: string | undefined
  #root: { readonly span: Span; readonly context: Context } | undefined
  #upstream: Span | undefined
  #decided: EndedCall | undefined
  #decidedAt = 0
  #closedAt: number | undefined

  constructor(tracer: Tracer, record: TracedRecord, times: StepTimes, httpMethod: string | undefined) {
    this.#tracer = tracer
    this.#record = record
    this.#times = times
    this.#httpMethod = httpMethod
  }

  startUpstream({ hostname, port, protocol }: Pick<URL, 'hostname' | 'port' | 'protocol'>): TraceContext {
    const attributes = {
      ...toMessageAttributes(this.#record),
      'server.address': hostname,
      'server.port': Number(port || (protocol === 'https:' ? 443 : 80)),
    }
    const name = toSpanName(this.#record, this.#httpMethod)
    const startTime = this.#at(performance.now())
    this.#upstream = this.#tracer.startSpan(
      name,
      { kind: SpanKind.CLIENT, startTime, attributes },
      this.#open().context,
    )
    return fromSpan(this.#upstream.spanContext())
  }

  upstreamAnswered(status: number): void {
    this.#upstream?.setAttribute('http.response.status_code', status)
  }

  endUpstream(failure?: string): void {
    const span = this.#upstream
    this.#upstream = undefined
    if (failure !== undefined) span?.setAttribute('error.type', failure).setStatus({ code: SpanStatusCode.ERROR })
    span?.end(this.#at(performance.now()))
  }

  decided(call: EndedCall): void {
    this.#open()
    this.#decided = call
    this.#decidedAt = performance.now()
    this.#finish()
  }

  closed(): void {
    this.#closedAt ??= performance.now()
    this.#finish()
  }

  #open(): { readonly span: Span; readonly context: Context } {
    if (this.#root) return this.#root
    const { traceContext, linkedContext, startedAt } = this.#record
    // Somebody may have opened a span already, such as an instrumentation of node:http.
    const ambient = context.active()
    const parent = !trace.getSpan(ambient) && traceContext ? remote(traceContext) : ambient
    const links: Link[] = linkedContext ? [{ context: toSpanContext(linkedContext) }] : []
    const options = { kind: SpanKind.SERVER, startTime: this.#at(startedAt), links }
    const span = this.#tracer.startSpan(toSpanName(this.#record, this.#httpMethod), options, parent)
    this.#record.traceId = span.spanContext().traceId
    return (this.#root = { span, context: trace.setSpan(parent, span) })
  }

  #finish(): void {
    const call = this.#decided
    if (!call || this.#closedAt === undefined) return
    this.endUpstream()
    const { span, context: parent } = this.#open()
    if (span.isRecording()) {
      this.#addSteps(call, parent)
      span.updateName(toSpanName(call, this.#httpMethod)).setAttributes(toCallAttributes(call))
      // A refusal is no error of ours: most callers meet a 401 first, and sign in.
      if (isFailure(call)) span.setStatus({ code: SpanStatusCode.ERROR, message: call.rule })
    }
    span.end(this.#at(Math.max(this.#closedAt, this.#decidedAt)))
  }

  #addSteps(call: EndedCall, parent: Context): void {
    for (const { step, from, to } of this.#times.list()) this.#addStep(step, from, to, parent)
    const { step, decision } = call
    if (decision === 'allowed' || step === undefined || step === 'forward') return
    this.#addStep(step, this.#times.stepStartedAt, this.#decidedAt, parent)
  }

  #addStep(name: string, from: number, to: number, parent: Context): void {
    this.#tracer.startSpan(name, { startTime: this.#at(from) }, parent).end(this.#at(to))
  }

  /** One clock for all spans of a call: the wall clock when it came, and from there the monotonic one. */
  #at(monotonicMs: number): number {
    return this.#record.at + monotonicMs - this.#record.startedAt
  }
}

const toSpanContext = ({ traceId, spanId, flags, state }: TraceContext): SpanContext => ({
  traceId,
  spanId,
  traceFlags: flags,
  isRemote: true,
  ...(state !== undefined && { traceState: createTraceState(state) }),
})

const fromSpan = ({ traceId, spanId, traceFlags, traceState }: SpanContext): TraceContext => ({
  traceId,
  spanId,
  flags: traceFlags,
  state: traceState?.serialize() || undefined,
})

const remote = (from: TraceContext): Context => trace.setSpanContext(ROOT_CONTEXT, toSpanContext(from))
