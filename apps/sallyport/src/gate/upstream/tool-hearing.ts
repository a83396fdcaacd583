import type { IncomingHttpHeaders } from 'node:http'
import type { ToolCatalogue } from '../../tools/tool-catalogue.ts'
import type { EquippedCall } from '../call.ts'
import { isEventStream } from './headers.ts'
import type { ListLimits } from './list-answer.ts'
import { streamReader, wholeReader } from './message-reader.ts'
import type { MessageReader } from './message-reader.ts'

/** Learns from what servers say of their tools. */
export type ToolHearing = Pick<ToolCatalogue, 'heard'>

/** What listens in on an answer to `tools/list`; undefined for all others. It changes nothing and holds nothing up. */
export function hearTools(
  call: EquippedCall,
  status: number,
  headers: IncomingHttpHeaders,
  { limits, hearing }: { readonly limits: ListLimits; readonly hearing: ToolHearing | undefined },
): MessageReader | undefined {
  const { messages, principal, server } = call
  const { teamspaceId } = principal
  if (!hearing || teamspaceId === undefined || status !== 200 || headers['content-encoding'] !== undefined)
    return undefined
  const isOnlyOne = (id: unknown) => messages.filter((message) => message.id === id).length === 1
  const asking = messages.filter(({ method, id }) => method === 'tools/list' && id !== null && isOnlyOne(id))
  if (asking.length === 0) return undefined
  const ids = new Set(asking.map(({ id }) => id as string | number))
  const see = (message: Buffer) => {
    if (message.includes('"tools"')) hearing.heard({ teamspaceId, server: server.name, ids, message })
    return undefined
  }
  const { listBytes: maxBytes, held } = limits
  const heldBytes = limits.heldBytes / 2 // the other half is for what callers wait for
  return quiet((isEventStream(headers) ? streamReader : wholeReader)({ held, heldBytes, maxBytes, see }))
}

const NOTHING = Buffer.alloc(0)

/** Stops for good at whatever goes wrong: the call is none of its business. */
function quiet(reader: MessageReader): MessageReader {
  let stopped = false
  const close = () => {
    if (!stopped) reader.close()
    stopped = true
  }
  const attempt = (work: () => Buffer): Buffer => {
    if (stopped) return NOTHING
    try {
      return work()
    } catch {
      close()
      return NOTHING
    }
  }
  return {
    push: (chunk) => attempt(() => reader.push(chunk)),
    end: () => attempt(() => reader.end()),
    close,
    isPassing: false,
  }
}
