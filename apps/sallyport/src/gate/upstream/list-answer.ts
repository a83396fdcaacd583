import type { IncomingHttpHeaders } from 'node:http'
import { GateFault, toFault } from '../../outcome/fault.ts'
import { LIST_METHODS } from '../../tools/methods.ts'
import { toolClassOf } from '../../tools/tool-class.ts'
import { toolClassFor } from '../../tools/tool-class-for.ts'
import type { EquippedCall } from '../call.ts'
import { filterLists } from '../mcp/list-filter.ts'
import type { FilteredLists, ListEntry } from '../mcp/list-filter.ts'
import { isEventStream } from './headers.ts'
import type { HeldLimit } from './held-bytes.ts'
import { streamReader, wholeReader } from './message-reader.ts'
import type { MessageReader, MessageReaderOptions } from './message-reader.ts'

export interface ListLimits extends HeldLimit {
  /** Bytes of one answer, or of one event of a stream, that has to be read whole. */
  readonly listBytes: number
}

/** An answer that may hold lists, with the entries taken out that its caller may not use. */
export interface ListAnswer extends MessageReader {
  /** Whether nothing may leave before the answer has ended. */
  readonly isWhole: boolean
  /** How many entries of lists were left and taken out so far; undefined when there was no list. */
  readonly filtered: Pick<FilteredLists, 'shown' | 'hidden'> | undefined
}

/** The answer to be filtered, or undefined when it passes as it is: nearly always. */
export function listAnswer(
  call: EquippedCall,
  status: number,
  headers: IncomingHttpHeaders,
  limits: ListLimits,
): ListAnswer | undefined {
  const { lists } = call
  if (lists === undefined) return undefined
  const shape = shapeOf(call, status, headers)
  if (shape === 'none') return undefined
  const encoding = headers['content-encoding']
  if (encoding !== undefined && encoding !== 'identity') {
    throw new GateFault('upstream_answer_unreadable', 'a list of the server is encoded')
  }
  const reader = shape === 'whole' ? wholeReader : streamReader
  return mayHoldList(call) ? new FilteredAnswer(call, reader, limits) : new OtherAnswer(call, reader, limits)
}

const isForList = ({ messages }: EquippedCall): boolean => messages.some(({ method }) => LIST_METHODS.has(method))

/** A stream that a GET opens may repeat the answer to an earlier request. */
export const mayHoldList = (call: EquippedCall): boolean => call.request.method === 'GET' || isForList(call)

/**
 * How an answer must be read. To a request for a list, whatever looks like success is one message or a stream; of what a
 * GET opens, clients read the stream without a look at its type. Within a session any other answer may be the list, too:
 * where two requests have one id, servers (those of the official SDKs among them) answer the first as if it were the
 * second, and whoever calls chooses the ids.
 */
function shapeOf(call: EquippedCall, status: number, headers: IncomingHttpHeaders) {
  if (status === 204 || (!mayHoldList(call) && call.upstreamSessionId === undefined)) return 'none'
  if (isEventStream(headers)) return 'stream'
  if (/^application\/(?:[^;]*\+)?json\b/i.test(String(headers['content-type']))) return 'whole'
  if (status >= 300 || !mayHoldList(call)) return 'none' // somebody's words, which no client takes for a list
  return isForList(call) ? 'whole' : 'stream'
}

/** What data must hold to be a list, in any case and also when its names are escaped. */
const MAY_BE_LIST = /tool|prompt|ource|\\/i

type ReaderOf = (options: MessageReaderOptions) => MessageReader

class FilteredAnswer implements ListAnswer {
  readonly isWhole: boolean
  filtered: ListAnswer['filtered']
  readonly #call: EquippedCall
  readonly #reader: MessageReader

  constructor(call: EquippedCall, readerOf: ReaderOf, { listBytes, ...limit }: ListLimits) {
    this.isWhole = readerOf === wholeReader
    this.#call = call
    this.#reader = readerOf({
      ...limit,
      maxBytes: listBytes,
      see: (message) => this.see(message),
      passTooLong: (begun) => this.passesUnread(begun),
    })
  }

  get isPassing(): boolean {
    return this.#reader.isPassing
  }

  push(chunk: Buffer): Buffer {
    return this.#reader.push(chunk)
  }

  end(): Buffer {
    return this.#reader.end()
  }

  close(): void {
    this.#reader.close()
  }

  /** Whether a message that is too long to be read may pass. */
  protected passesUnread(_begun: Buffer): boolean {
    return false
  }

  protected see(message: Buffer): string | undefined {
    if (!this.isWhole && !MAY_BE_LIST.test(message.toString('latin1'))) return undefined
    const lists = this.#tryFilter(message)
    if (lists === undefined) return undefined
    const { shown, hidden } = this.filtered ?? { shown: 0, hidden: 0 }
    this.filtered = { shown: shown + lists.shown, hidden: hidden + lists.hidden }
    return lists.text
  }

  /** Whatever fails here is a fault of ours or of the answer, never of the connection. */
  #tryFilter(message: Buffer): FilteredLists | undefined {
    try {
      return filterLists(message, {
        isVisible: (entry) => this.#isVisible(entry),
        isShareable: this.#call.stateless,
      })
    } catch (thrown) {
      throw toFault(thrown)
    }
  }

  #isVisible({ kind, target, method, annotations }: ListEntry): boolean {
    const toolClass = kind === 'tool' ? toolClassFor(this.#call.server, target, toolClassOf(annotations)) : undefined
    return this.#call.lists!.isVisible({ kind, target, method, toolClass })
  }
}

/** How a server that means no harm writes a list. */
const LOOKS_LIKE_LIST = /"(?:tools|prompts|resources|resourceTemplates)"\s*:\s*\[/

/** An answer in which nobody asked for a list: what is not one passes as it is, however long or unreadable. */
class OtherAnswer extends FilteredAnswer {
  protected override passesUnread(begun: Buffer): boolean {
    return !LOOKS_LIKE_LIST.test(begun.toString('latin1'))
  }

  protected override see(message: Buffer): string | undefined {
    return this.passesUnread(message) ? undefined : super.see(message)
  }
}
