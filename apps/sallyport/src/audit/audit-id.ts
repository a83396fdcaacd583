import { randomUUID } from 'node:crypto'

const COUNTER_LIMIT = 0x1000

let lastMs = 0
let counter = 0
/** Everything but the counter is the same within a millisecond. */
let head = ''
let tail = ''

/**
 * UUID version 7 with a counter (RFC 9562 §6.2, method 1): ids of one process sort in the order in which they were
 * made, also within a millisecond, which `crypto.randomUUIDv7` does not promise.
 */
export function nextAuditId(at: number): string {
  counter += 1
  if (at > lastMs || counter === COUNTER_LIMIT) startMillisecond(at)
  return `${head}-7${counter.toString(16).padStart(3, '0')}-${tail}`
}

function startMillisecond(at: number): void {
  lastMs = Math.max(Math.floor(at), lastMs + 1)
  counter = 0
  const time = lastMs.toString(16).padStart(12, '0')
  head = `${time.slice(0, 8)}-${time.slice(8)}`
  // The tail of a random UUID begins with the variant bits that version 7 has too.
  tail = randomUUID().slice(19)
}

const VERSION_AT = 14

/**
 * The id of the row that announces a call, made of the request id: the same UUID with version 8, which is anybody's own
 * (RFC 9562 §5.8). So both rows are found by the one id, and neither can be taken for the other.
 */
export const attemptIdOf = (requestId: string): string =>
  `${requestId.slice(0, VERSION_AT)}8${requestId.slice(VERSION_AT + 1)}`

/** The request id that an attempt's row belongs to. */
export const requestIdOf = (attemptId: string): string =>
  `${attemptId.slice(0, VERSION_AT)}7${attemptId.slice(VERSION_AT + 1)}`
