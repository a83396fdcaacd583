import { attempt, reject } from '../scim-error.ts'
import type { ScimDenial } from '../scim-error.ts'
import { findAttribute } from '../schema/attribute.ts'
import type { Attribute, ResourceType } from '../schema/attribute.ts'
import { findPath } from '../schema/attribute-path.ts'
import type { AttributePath } from '../schema/attribute-path.ts'
import { OPERATORS } from './filter.ts'
import type { Filter, Operator } from './filter.ts'
import { toOperand } from './operand.ts'
import type { Literal } from './operand.ts'
import { tokenize } from './tokenize.ts'
import type { Token } from './tokenize.ts'

export const MAX_FILTER_CHARACTERS = 2_000
const MAX_DEPTH = 10
const MAX_TESTS = 30

/** Finds what a path names: of a resource, or inside brackets of one value. */
type Resolve = (text: string) => AttributePath | undefined

const invalid = (says: string): never => reject('invalidFilter', says)

/** A filter on resources of a type, or why it is none. */
export const parseFilter = (type: ResourceType, text: string): Filter | ScimDenial =>
  parse(text, (path) => findPath(type, path))

/** What stands in the brackets of a value path. */
export const parseValueFilter = (attribute: Attribute, text: string): Filter | ScimDenial =>
  parse(text, inValue(attribute))

const inValue =
  (attribute: Attribute): Resolve =>
  (text) => {
    const sub = findAttribute(attribute.subAttributes ?? [], text)
    return sub && { attribute: sub }
  }

function parse(text: string, resolve: Resolve): Filter | ScimDenial {
  return attempt(() => {
    if (text.length > MAX_FILTER_CHARACTERS) invalid(`A filter has at most ${MAX_FILTER_CHARACTERS} characters`)
    const tokens = tokenize(text) ?? invalid('The filter has characters that cannot be there')
    return new Parser(tokens).parseAll(resolve)
  })
}

/** `and` binds tighter than `or`, `not` needs parentheses (RFC 7644 §3.4.2.2). */
class Parser {
  readonly #tokens: readonly Token[]
  #at = 0
  #tests = 0
  #depth = 0

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens
  }

  parseAll(resolve: Resolve): Filter {
    const filter = this.#or(resolve)
    return this.#at === this.#tokens.length ? filter : invalid('The filter goes on where it should end')
  }

  #or(resolve: Resolve): Filter {
    if (++this.#depth > MAX_DEPTH) invalid(`A filter nests at most ${MAX_DEPTH} deep`)
    const parts = [this.#and(resolve)]
    while (this.#takeKeyword('or')) parts.push(this.#and(resolve))
    this.#depth -= 1
    return join('or', parts)
  }

  #and(resolve: Resolve): Filter {
    const parts = [this.#factor(resolve)]
    while (this.#takeKeyword('and')) parts.push(this.#factor(resolve))
    return join('and', parts)
  }

  #factor(resolve: Resolve): Filter {
    if (this.#peek()?.kind === '(') return this.#inParentheses(resolve)
    if (this.#isKeyword('not') && this.#peek(1)?.kind === '(') {
      this.#at += 1
      return { kind: 'not', filter: this.#inParentheses(resolve) }
    }
    return this.#test(resolve)
  }

  #inParentheses(resolve: Resolve): Filter {
    this.#take('(')
    const filter = this.#or(resolve)
    this.#take(')')
    return filter
  }

  #test(resolve: Resolve): Filter {
    if (++this.#tests > MAX_TESTS) invalid(`A filter has at most ${MAX_TESTS} comparisons`)
    const path = resolve(this.#word()) ?? invalid('The filter names an attribute that does not exist')
    return this.#peek()?.kind === '[' ? this.#valuePath(path) : this.#compare(path)
  }

  #valuePath(path: AttributePath): Filter {
    if (!path.attribute.multiValued || path.sub) return invalid('Brackets follow attributes of several values only')
    this.#take('[')
    const within = inValue(path.attribute)
    const filter = this.#or(within)
    this.#take(']')
    const next = this.#peek()
    // Not in the grammar of RFC 7644, but what Entra asks: `emails[type eq "work"].value eq "…"`.
    if (next?.kind !== 'word' || !next.text.startsWith('.')) return { kind: 'some', path, filter }
    const sub = within(this.#word().slice(1)) ?? invalid('The filter names an attribute that does not exist')
    return { kind: 'some', path, filter: join('and', [filter, this.#compare(sub)]) }
  }

  #compare(path: AttributePath): Filter {
    const word = this.#word().toLowerCase()
    if (word === 'pr') return present(path)
    const operator =
      OPERATORS.find((known) => known === word) ?? invalid('The filter has an operator that is not known')
    return compare(path, operator, this.#literal())
  }

  #literal(): Literal {
    const token = this.#peek()
    this.#at += 1
    if (token?.kind === 'string') return token.text
    const text = token?.kind === 'word' ? token.text.toLowerCase() : undefined
    if (text === 'true' || text === 'false') return text === 'true'
    if (text === 'null') return null
    return invalid('The filter lacks a value, or has one of another type than its attribute')
  }

  #peek(ahead = 0): Token | undefined {
    return this.#tokens[this.#at + ahead]
  }

  #isKeyword(keyword: string): boolean {
    const token = this.#peek()
    return token?.kind === 'word' && token.text.toLowerCase() === keyword
  }

  #takeKeyword(keyword: string): boolean {
    const isThere = this.#isKeyword(keyword)
    if (isThere) this.#at += 1
    return isThere
  }

  #take(kind: Token['kind']): void {
    if (this.#peek()?.kind !== kind) invalid(`The filter lacks a ${kind}`)
    this.#at += 1
  }

  #word(): string {
    const token = this.#peek()
    this.#at += 1
    return token?.kind === 'word' ? token.text : invalid('The filter lacks an attribute or an operator')
  }
}

const join = (kind: 'and' | 'or', parts: readonly Filter[]): Filter =>
  parts.length === 1 ? parts[0]! : { kind, parts }

/** Of several values, one is enough. */
function present(path: AttributePath): Filter {
  const { attribute, sub, extension } = path
  if (attribute.multiValued && sub) {
    return { kind: 'some', path: { extension, attribute }, filter: present({ attribute: sub }) }
  }
  if (attribute.type !== 'complex' || sub || attribute.multiValued) return { kind: 'present', path }
  const parts = (attribute.subAttributes ?? []).map((each) => present({ ...path, sub: each }))
  return { kind: 'or', parts }
}

function compare(path: AttributePath, operator: Operator, literal: Literal): Filter {
  const { attribute, extension } = path
  // A complex attribute stands for its value (RFC 7643 §2.4).
  const sub = path.sub ?? findAttribute(attribute.subAttributes ?? [], 'value')
  if (attribute.multiValued && sub) {
    return { kind: 'some', path: { extension, attribute }, filter: compare({ attribute: sub }, operator, literal) }
  }
  const leaf = sub ?? attribute
  if (leaf.type === 'complex') return invalid('The filter compares an attribute that has no value of its own')
  const operand = toOperand(leaf, operator, literal)
  if (operand === undefined) return invalid('The filter compares an attribute with a value that does not fit it')
  return { kind: 'compare', path: { ...path, sub }, operator, value: operand }
}
