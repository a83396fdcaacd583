import { isJsonObject, parseStrictJson } from '@sallyport/verifier'
import type { JsonObject } from '@sallyport/verifier'
import { GateFault } from '../../outcome/fault.ts'
import type { RpcAct } from './acts.ts'
import { elementSpans, memberSpans, rootSpan } from './json-spans.ts'
import type { Span } from './json-spans.ts'
import { lookAlikes } from './look-alike.ts'

/** An entry of a list, before anybody is shown it. */
export interface ListEntry {
  readonly kind: RpcAct['kind']
  /** Name of the tool or prompt, URI or URI template of the resource. */
  readonly target: string
  /** Of a tool, as the server wrote them. */
  readonly annotations: unknown
  /** The method by which it would be used. */
  readonly method: string
}

export interface ListFilterOptions {
  readonly isVisible: (entry: ListEntry) => boolean
  /** Whether the answer is of a revision that lets clients share lists (2026-07-28). */
  readonly isShareable: boolean
}

export interface FilteredLists {
  /** JSON without what is not visible. */
  readonly text: string
  readonly shown: number
  readonly hidden: number
}

/** As deep as messages may be. */
const MAX_DEPTH = 128
const MAX_ENTRIES = 20_000

interface ListShape {
  readonly kind: RpcAct['kind']
  /** The member that names an entry. */
  readonly id: string
  readonly method: string
}

/** Lists by the member of `result` that holds them. */
const LISTS: Readonly<Record<string, ListShape>> = {
  tools: { kind: 'tool', id: 'name', method: 'tools/call' },
  prompts: { kind: 'prompt', id: 'name', method: 'prompts/get' },
  resources: { kind: 'resource', id: 'uri', method: 'resources/read' },
  resourceTemplates: { kind: 'resource', id: 'uriTemplate', method: 'resources/read' },
}

const lookAlikeOfAnswer = lookAlikes(['result'])
const lookAlikeOfResult = lookAlikes([...Object.keys(LISTS), 'cacheScope'])
const lookAlikeOfEntry = lookAlikes(['name', 'uri', 'uriTemplate', 'annotations'])

/**
 * Takes out of an answer what its reader may not use, and leaves every other byte of it. Undefined when there is no list in
 * it, so that it can pass as it is. What two parsers could read differently is a fault: one of them might be the client's.
 */
export function filterLists(bytes: Buffer, options: ListFilterOptions): FilteredLists | undefined {
  const parsed = parseStrictJson(bytes, MAX_DEPTH)
  if ('problem' in parsed) throw unreadable(parsed.detail)
  const text = bytes.toString('utf8')
  const filter = new Filter(text, options)
  const root = rootSpan(text)
  if (Array.isArray(parsed.value)) {
    const spans = elementSpans(text, root)
    parsed.value.forEach((answer, index) => filter.answer(answer, spans[index]!))
  } else filter.answer(parsed.value, root)
  return filter.result()
}

const unreadable = (detail: string): GateFault =>
  new GateFault('upstream_answer_unreadable', `a list of the server cannot be read: ${detail}`)

class Filter {
  readonly #text: string
  readonly #options: ListFilterOptions
  readonly #pieces: string[] = []
  /** Up to where the text is in the pieces. */
  #done = 0
  #lists = 0
  #shown = 0
  #hidden = 0

  constructor(text: string, options: ListFilterOptions) {
    this.#text = text
    this.#options = options
  }

  answer(answer: unknown, span: Span): void {
    if (Array.isArray(answer)) throw unreadable('a batch within a batch')
    if (!isJsonObject(answer)) return
    assertPlain(lookAlikeOfAnswer(answer))
    const { result } = answer
    if (!isJsonObject(result)) return
    assertPlain(lookAlikeOfResult(result))
    const holding = Object.keys(LISTS).filter((name) => isList(result, name))
    if (holding.length === 0) return
    const resultSpan = memberSpans(this.#text, span).get('result')!
    const members = memberSpans(this.#text, resultSpan)
    const edits = holding.map((name) => ({ span: members.get(name)!, name }))
    const scope = members.get('cacheScope')
    if (scope) edits.push({ span: scope, name: 'cacheScope' })
    else if (this.#options.isShareable) {
      const start = resultSpan.start + 1
      this.#replace({ start, end: start }, '"cacheScope":"private",')
    }
    // In the order of the text.
    for (const edit of edits.sort((a, b) => a.span.start - b.span.start)) {
      // What is made for one caller is no other's (2026-07-28), also when all of it was visible.
      if (edit.name === 'cacheScope') this.#replace(edit.span, '"private"')
      else this.#list(result[edit.name] as unknown[], edit.span, LISTS[edit.name]!)
    }
  }

  #list(entries: readonly unknown[], span: Span, shape: ListShape): void {
    this.#lists++
    if (this.#shown + this.#hidden + entries.length > MAX_ENTRIES) {
      throw new GateFault('upstream_answer_too_large', `a list of the server has more than ${MAX_ENTRIES} entries`)
    }
    const spans = elementSpans(this.#text, span)
    const kept = spans.filter((_, index) => this.#isVisible(entries[index], shape))
    this.#shown += kept.length
    this.#hidden += spans.length - kept.length
    if (kept.length < spans.length) {
      this.#replace(span, `[${kept.map(({ start, end }) => this.#text.slice(start, end)).join(',')}]`)
    }
  }

  #isVisible(entry: unknown, { kind, id, method }: ListShape): boolean {
    // What a client could read as another entry than the one that is judged is shown to nobody.
    if (!isJsonObject(entry) || lookAlikeOfEntry(entry) !== undefined) return false
    const target = entry[id]
    if (typeof target !== 'string') return false
    return this.#options.isVisible({ kind, target, method, annotations: entry['annotations'] })
  }

  #replace({ start, end }: Span, replacement: string): void {
    this.#pieces.push(this.#text.slice(this.#done, start), replacement)
    this.#done = end
  }

  result(): FilteredLists | undefined {
    if (this.#lists === 0) return undefined
    const text = [...this.#pieces, this.#text.slice(this.#done)].join('')
    return { text, shown: this.#shown, hidden: this.#hidden }
  }
}

/** Some servers write `null` for a list without entries; any other value could only be a list to somebody else. */
function isList(result: JsonObject, name: string): boolean {
  const list = Object.hasOwn(result, name) ? result[name] : undefined
  if (list !== undefined && list !== null && !Array.isArray(list)) throw unreadable(`${name} is no list`)
  return Array.isArray(list)
}

function assertPlain(lookAlike: string | undefined): void {
  if (lookAlike !== undefined) throw unreadable(`${lookAlike} in another case`)
}
