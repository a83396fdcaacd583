import { isJsonObject } from '@sallyport/verifier'
import type { JsonObject } from '@sallyport/verifier'
import type { Measured } from './ended-call.ts'
import { parseTraceContext } from './trace-context.ts'

type Joining = Measured & { traceId?: string | undefined }

/** From the headers of the request. */
export function takeHeaderContext(record: Joining, headers: NodeJS.Dict<string | string[]>): void {
  if (headers['traceparent'] === undefined) return
  join(record, headers['traceparent'], headers['tracestate'])
}

/**
 * From `params._meta` of the message, where clients that know nothing of HTTP put it. The headers say more about this
 * request, so with both the call is a child of theirs and linked to this one.
 */
export function takeMetaContext(record: Joining, params: JsonObject | undefined): void {
  const meta = params?.['_meta']
  if (!isJsonObject(meta) || meta['traceparent'] === undefined) return
  if (record.traceContext === undefined) return join(record, meta['traceparent'], meta['tracestate'])
  const ofMessage = parseTraceContext(meta['traceparent'], meta['tracestate'])
  if (ofMessage?.spanId !== record.traceContext.spanId) record.linkedContext = ofMessage
}

function join(record: Joining, traceparent: unknown, tracestate: unknown): void {
  record.traceContext = parseTraceContext(traceparent, tracestate)
  record.traceId = record.traceContext?.traceId
}
