import type { ASTNode } from '@marcbachmann/cel-js'
import { FACTS } from './condition-facts.ts'
import type { AskedNames } from './argument-names.ts'
import {
  PARTS_OF_TIME,
  isCheap,
  isLarge,
  isOfMessage,
  lengthOf,
  mentions,
  namesSought,
  operandsOf,
} from './condition-tree.ts'

/** What an expression asks about, and what it may cost. Costs are in units of about a tenth of a microsecond. */
export interface Survey {
  readonly names: ReadonlySet<string>
  readonly argumentNames: AskedNames
  readonly problem: string | undefined
  cost(bytes: number): number
}

/** Walk their list once: what they cost grows with the message. One inside another would grow with its square. */
const MACROS = new Set(['exists', 'all', 'exists_one', 'filter', 'map'])
/** Cost by what they look at: units for each byte, as measured. A map's size is the number of its keys, made into a list. */
const UNITS_A_BYTE: Readonly<Record<string, number>> = {
  ...{ size: 1 / 2, split: 1 / 2, join: 1 / 8, in: 1 / 4, '==': 1 / 2, '!=': 1 / 2, '+': 1 / 2 },
  ...{ startsWith: 1 / 64, endsWith: 1 / 64, contains: 1 / 256, indexOf: 1 / 256, lastIndexOf: 1 / 256 },
  ...{ lowerAscii: 1 / 64, upperAscii: 1 / 64, trim: 1 / 64, string: 1 / 64, substring: 1 / 64, double: 1 / 64 },
  ...{ bool: 1 / 64 },
}
/** Search for one text in another, which may take the product of both. */
const SEARCHES = new Set(['contains', 'indexOf', 'lastIndexOf', 'split'])
const UNITS_A_BYTE_SOUGHT = 1 / 400
/** `matches` is not among them: JavaScript's regular expressions can run for hours. */
const CALLS = new Set([
  ...MACROS,
  ...PARTS_OF_TIME,
  ...Object.keys(UNITS_A_BYTE),
  ...['has', 'int', 'uint', 'dyn', 'timestamp', 'duration'],
])
const MEMBERS: Readonly<Record<string, readonly string[]>> = {
  principal: Object.keys(FACTS.principal.schema),
  request: Object.keys(FACTS.request.schema),
}
const VARIABLES: ReadonlySet<string> = new Set(Object.keys(FACTS))

/** Lists of the caller's are not part of the message; this many bytes stand for them. */
const CALLER_BYTES = 16_384
const UNITS_A_NODE = 1
/** Of a part of time elsewhere: a calendar is made for it. */
const UNITS_A_ZONE = 500

/** Everything in the expression must be known to be harmless; what is not in a list is refused. */
export function survey(ast: ASTNode): Survey {
  const surveyor = new Surveyor()
  surveyor.walk(ast, undefined)
  return surveyor
}

/** A macro that the walk is inside of. */
interface Macro {
  readonly name: string
  readonly variable: string
}

class Surveyor implements Survey {
  readonly names = new Set<string>()
  readonly argumentNames = { top: new Set<string>(), nested: new Set<string>() }
  problem: string | undefined
  #nodes = 0
  /** Work that is the same whatever the message, for each byte of it, and for its square. */
  #fixed = 0
  #linear = 0
  #square = 0
  /** How many times as large as the message a value may become. */
  #growth = 1

  cost(bytes: number): number {
    const size = bytes * this.#growth
    return 10 + this.#nodes * UNITS_A_NODE + this.#fixed + this.#linear * size + this.#square * size * size
  }

  walk(node: ASTNode, inside: Macro | undefined): void {
    this.#nodes++
    switch (node.op) {
      case 'value':
        return
      case 'id':
        return this.#name(node.args, inside)
      case '.': {
        const [of, member] = node.args
        this.#askFor(of, member)
        if (of.op !== 'id') return this.walk(of, inside)
        if (of.args !== 'principal') this.#name(of.args, inside)
        else if (inside?.name === 'map') this.#refuse(NOT_IN_MAP)
        const members = Object.hasOwn(MEMBERS, of.args) ? MEMBERS[of.args] : undefined
        // has() of what can never be there would be a rule that never matches.
        if (members && !members.includes(member)) this.#refuse(`${of.args} has no ${member}`)
        this.names.add(of.args).add(`${of.args}.${member}`)
        return
      }
      case 'call':
        return this.#call(node.args[0], node.args[1], inside)
      case 'rcall':
        return this.#method(node.args[0], node.args[1], node.args[2], inside)
      case '.?':
      case '[?]':
        return this.#refuse('optional members are not supported: use has(…)')
      default: {
        const operands = operandsOf(node)
        this.#charge(node.op, operands, inside)
        for (const name of namesSought(node.op, operands, inside?.variable)) this.#askFor(operands[0]!, name)
        operands.forEach((operand) => this.walk(operand, inside))
      }
    }
  }

  /** A member of arguments, or of something inside of them. */
  #askFor(of: ASTNode, member: string): void {
    const { top, nested } = this.argumentNames
    if (of.op === 'id' && VARIABLES.has(of.args)) {
      if (of.args === 'args') top.add(member)
      return
    }
    nested.add(member)
    if (of.op === 'id' || of.op === 'value') top.add(member) // what an element is of, or a text is in, is not followed
  }

  #refuse(problem: string): void {
    this.problem ??= problem
  }

  #name(name: string, inside: Macro | undefined): void {
    // By its members only, so that it is seen which of them a condition needs.
    if (name === 'principal') this.#refuse('principal is asked by its members, as in principal.role')
    if (name === 'args' && inside?.name === 'map') this.#refuse(NOT_IN_MAP)
    this.names.add(name)
  }

  #call(name: string, operands: readonly ASTNode[], inside: Macro | undefined): void {
    if (!CALLS.has(name)) this.#refuse(`${name}() cannot be used in a condition`)
    if (name === 'duration') this.#checkDuration(operands)
    this.#charge(name, operands, inside)
    operands.forEach((operand) => this.walk(operand, inside))
  }

  #method(name: string, of: ASTNode, operands: readonly ASTNode[], inside: Macro | undefined): void {
    if (!MACROS.has(name)) {
      if (PARTS_OF_TIME.has(name)) this.#checkZone(operands)
      return this.#call(name, [of, ...operands], inside)
    }
    this.walk(of, inside)
    if (inside) this.#refuse(`${name}() cannot stand inside another of its kind`)
    const [variable, ...body] = operands
    if (variable?.op !== 'id' || VARIABLES.has(variable.args)) {
      return this.#refuse(`${name}() needs a name of its own for each element`)
    }
    const before = this.#nodes
    body.forEach((part) => this.walk(part, { name, variable: variable.args }))
    // Half of it for each element, and an eighth of that for each node of what is asked of the element.
    const units = Math.max(1, (this.#nodes - before) / 8) / 2
    if (isOfMessage(of)) this.#linear += units
    else this.#fixed += units * CALLER_BYTES
  }

  /** What an operator or function adds to the cost of the expression. */
  #charge(name: string, operands: readonly ASTNode[], inside: Macro | undefined): void {
    this.#grow(name, operands, inside)
    const units = Object.hasOwn(UNITS_A_BYTE, name) ? UNITS_A_BYTE[name]! : 0
    if (units === 0 || isCheap(name, operands)) return
    const ofMessage = operands.filter((operand) => isOfMessage(operand))
    const ofElement = inside ? operands.filter((operand) => mentions(operand, inside.variable)) : []
    if (ofMessage.length === 0 && ofElement.length === 0) this.#fixed += units * CALLER_BYTES
    else this.#linear += units + (SEARCHES.has(name) ? lengthOf(operands[1]) * UNITS_A_BYTE_SOUGHT : 0)
    // For each element again, or the one for each place in the other.
    const isSquare = inside
      ? operands.some((operand) => isLarge(operand))
      : SEARCHES.has(name) && operands[1]?.op !== 'value'
    if (isSquare) this.#square += 1 / 64
  }

  /** Values that hold their parts more than once; in a macro, once more for each that follows it. */
  #grow(name: string, operands: readonly ASTNode[], inside: Macro | undefined): void {
    if (name !== '+' && name !== 'list' && name !== 'map') return
    const parts = operands.filter((operand) => isOfMessage(operand) || (inside && mentions(operand, inside.variable)))
    if (parts.length === 0) return
    this.#growth *= inside ? Math.max(2, parts.length) : 1
    if (!inside) this.#growth += parts.length - 1
  }

  /** Of a text from elsewhere, reading the duration could take hours. */
  #checkDuration([text]: readonly ASTNode[]): void {
    const isPlain = text?.op === 'value' && typeof text.args === 'string' && DURATION.test(text.args)
    if (!isPlain) this.#refuse('duration() takes a text such as "1h30m", written out')
  }

  #checkZone([zone]: readonly ASTNode[]): void {
    if (!zone) return
    this.#fixed += UNITS_A_ZONE
    if (zone.op !== 'value' || typeof zone.args !== 'string' || !isZone(zone.args)) {
      this.#refuse('a time zone is written out, as in "Europe/Berlin"')
    }
  }
}

const NOT_IN_MAP = 'map() can use its own element only: use exists() or all()'
const DURATION = /^[-+]?(?:\d{1,9}(?:\.\d{1,9})?(?:ns|us|µs|ms|s|m|h)){1,6}$/

function isZone(text: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: text })
    return true
  } catch {
    return false
  }
}
