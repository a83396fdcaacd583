import { z } from 'zod'

export const headerName = z.string().regex(/^[A-Za-z0-9!#$%&'*+.^_`|~-]+$/, { error: 'must be a header name' })

/** Credentials, our own identity headers, message framing and the session: passed on as they came, they would undo the gate's own work. */
const NEVER_FORWARDED =
  /^(?:authorization|cookie2?|proxy-.*|x[-_]sallyport[-_].*|host|connection|keep-alive|te|trailer|transfer-encoding|upgrade|expect|content-(?:length|type|encoding)|mcp-session-id)$/

/** What gateways say of callers: a server behind that believed it would believe whoever wrote it (X-52, S3-18). */
const CLAIMS_IDENTITY = /^(?:x-ms-(?:client-principal|token-).*|x-gateway-secret|x-mcp-(?:userid|username|roles))$/

export const forwardedHeader = headerName
  .toLowerCase()
  .refine((name) => !NEVER_FORWARDED.test(name), { error: 'is a header that Sallyport never passes on' })
  .refine((name) => !CLAIMS_IDENTITY.test(name.replaceAll('_', '-')), {
    error: 'says who is calling; such a header never passes, since any caller can write it',
  })

/** Framing, and what callers send themselves: beside theirs, a server could take the caller's value for ours. */
const NEVER_STATIC =
  /^(?:host|connection|keep-alive|te|trailer|transfer-encoding|upgrade|expect|content-(?:length|type|encoding)|mcp-.*|accept(?:-language)?|last-event-id|user-agent|traceparent|tracestate|baggage)$/

export const staticHeader = headerName.toLowerCase().refine((name) => !NEVER_STATIC.test(name), {
  error: 'is a header that callers or Sallyport itself set',
})
