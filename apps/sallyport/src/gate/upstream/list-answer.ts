import type { IncomingHttpHeaders } from 'node:http'
import { GateFault, toFault } from '../../outcome/fault.ts'
import { toolClassOf } from '../../policies/tool-class.ts'
import { toolClassFor } from '../../tools/tool-class-for.ts'
import type { EquippedCall, ListRules } from '../call.ts'
import { filterLists } from '../mcp/list-filter.ts'
import { LIST_METHODS } from '../mcp/list-methods.ts'
import type { FilteredLists, ListEntry } from '../mcp/list-filter.ts'
import { isEventStream } from './headers.ts'
import type { HeldLimit } from './held-bytes.ts'
import { streamReader, wholeReader } from './message-reader.ts'
import type { MessageReader } from './message-reader.ts'

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
  return new FilteredAnswer(call, lists, shape, limits)
}

/**
 * How an answer must be read. To a request for a list, whatever looks like success is one message or a stream; a stream
 * that a GET opens may repeat the answer to an earlier request, and clients read it without a look at its type.
 */
function shapeOf({ request, messages }: EquippedCall, status: number, headers: IncomingHttpHeaders) {
  const asks = messages.some(({ method }) => LIST_METHODS.has(method))
  if (status === 204 || (!asks && request.method !== 'GET')) return 'none'
  if (isEventStream(headers)) return 'stream'
  if (/^application\/(?:[^;]*\+)?json\b/i.test(String(headers['content-type']))) return 'whole'
  if (status >= 300) return 'none' // an error in somebody's words, which no client takes for a list
  return asks ? 'whole' : 'stream'
}

/** What data must hold to be a list, in any case and also when its names are escaped. */
const MAY_BE_LIST = /tool|prompt|ource|\\/i

class FilteredAnswer implements ListAnswer {
  readonly isWhole: boolean
  filtered: ListAnswer['filtered']
  readonly push: MessageReader['push']
  readonly end: MessageReader['end']
  readonly close: MessageReader['close']
  readonly #call: EquippedCall
  readonly #lists: ListRules

  constructor(call: EquippedCall, lists: ListRules, shape: 'whole' | 'stream', { listBytes, ...limit }: ListLimits) {
    this.#call = call
    this.#lists = lists
    this.isWhole = shape === 'whole'
    const see = (message: Buffer) => this.#filter(message)
    const reader = (this.isWhole ? wholeReader : streamReader)({ ...limit, maxBytes: listBytes, see })
    this.push = reader.push
    this.end = reader.end
    this.close = reader.close
  }

  #filter(message: Buffer): string | undefined {
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
    return this.#lists.isVisible({ kind, target, method, toolClass })
  }
}
