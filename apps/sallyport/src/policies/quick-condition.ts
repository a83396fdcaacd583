import type { ASTNode } from '@marcbachmann/cel-js'
import type { Facts } from './facts.ts'

/** An answer, or nothing where only CEL itself knows: an absent member, another type, an error. */
export type Quick<Value = unknown> = (facts: Facts) => Value | undefined

/**
 * The plain parts of conditions as functions, many times as quick as walking the tree: members, texts and numbers compared
 * with what is written out, joined by `&&`, `||` and `!`. Undefined for an expression that is more than that. Says only
 * what CEL would say; whatever is not exactly of the expected kind is left to it.
 */
export function quickCondition(node: ASTNode): Quick<boolean> | undefined {
  switch (node.op) {
    case '&&':
      return joined(node.args[0], node.args[1], false)
    case '||':
      return joined(node.args[0], node.args[1], true)
    case '!_': {
      const holds = quickCondition(node.args)
      return holds && ((facts) => negated(holds(facts)))
    }
    case '==':
    case '!=':
    case '<':
    case '<=':
    case '>':
    case '>=':
      return compared(node.op, node.args[0], node.args[1])
    case 'in':
      return contained(node.args[0], node.args[1])
    case 'call':
      return node.args[0] === 'has' && node.args[1].length === 1 ? present(node.args[1][0]!) : undefined
    case 'rcall':
      return affixed(...node.args)
    default:
      return undefined
  }
}

const negated = (value: boolean | undefined): boolean | undefined => (value === undefined ? undefined : !value)

/** One side can decide alone, whatever the other is, an error included. */
function joined(left: ASTNode, right: ASTNode, decisive: boolean): Quick<boolean> | undefined {
  const [first, second] = [quickCondition(left), quickCondition(right)]
  if (!first || !second) return undefined
  return (facts) => {
    const answer = first(facts)
    return answer === undefined || answer === decisive ? answer : second(facts)
  }
}

type Comparison = '==' | '!=' | '<' | '<=' | '>' | '>='

const HOLDS: Readonly<Record<Comparison, (left: string | number, right: string | number) => boolean>> = {
  '==': (left, right) => left === right,
  '!=': (left, right) => left !== right,
  '<': (left, right) => left < right,
  '<=': (left, right) => left <= right,
  '>': (left, right) => left > right,
  '>=': (left, right) => left >= right,
}

function compared(op: Comparison, left: ASTNode, right: ASTNode): Quick<boolean> | undefined {
  const value = valueOf(left)
  const literal = literalOf(right)
  if (!value || literal === undefined) return undefined
  const isOrder = op !== '==' && op !== '!='
  if (isOrder && typeof literal === 'string') return undefined
  const [holds, kind] = [HOLDS[op], typeof literal]
  return (facts) => {
    const found = value(facts)
    return typeof found === kind ? holds(found as string | number, literal) : undefined
  }
}

/** A text among texts that are written out, or one that is written out among those of the caller. */
function contained(left: ASTNode, right: ASTNode): Quick<boolean> | undefined {
  if (right.op === 'list') {
    const value = valueOf(left)
    const texts = right.args.map(literalOf)
    if (!value || texts.length === 0 || !texts.every((text) => typeof text === 'string')) return undefined
    const known = new Set<unknown>(texts)
    return (facts) => {
      const found = value(facts)
      return typeof found === 'string' ? known.has(found) : undefined
    }
  }
  const literal = literalOf(left)
  const list = valueOf(right)
  if (typeof literal !== 'string' || !list || !isOfPrincipal(right)) return undefined
  return (facts) => {
    const found = list(facts)
    return Array.isArray(found) ? found.includes(literal) : undefined
  }
}

const isOfPrincipal = (node: ASTNode): boolean =>
  node.op === '.' && node.args[0].op === 'id' && node.args[0].args === 'principal'

/** Members are there or not; what they are in must be there. */
function present(node: ASTNode): Quick<boolean> | undefined {
  if (node.op !== '.') return undefined
  const [of, member] = node.args
  if (of.op !== 'id' || of.args !== 'args') return undefined
  return ({ args }) => (isPlain(args) ? Object.hasOwn(args, member) : undefined)
}

function affixed(name: string, of: ASTNode, operands: readonly ASTNode[]): Quick<boolean> | undefined {
  if (name !== 'startsWith' && name !== 'endsWith' && name !== 'contains') return undefined
  const value = valueOf(of)
  const literal = operands.length === 1 ? literalOf(operands[0]!) : undefined
  if (!value || typeof literal !== 'string') return undefined
  const holds =
    name === 'startsWith'
      ? (text: string) => text.startsWith(literal)
      : name === 'endsWith'
        ? (text: string) => text.endsWith(literal)
        : (text: string) => text.includes(literal)
  return (facts) => {
    const found = value(facts)
    return typeof found === 'string' ? holds(found) : undefined
  }
}

/** Texts, and numbers that are the same as integers and as doubles. */
function literalOf(node: ASTNode | undefined): string | number | undefined {
  if (node?.op === '-_') {
    const of = literalOf(node.args)
    return typeof of === 'number' && of !== 0 ? -of : undefined
  }
  if (node?.op !== 'value') return undefined
  const value: unknown = node.args
  if (typeof value === 'string') return value
  const number = typeof value === 'bigint' ? Number(value) : undefined
  return Number.isSafeInteger(number) ? number : undefined
}

/** A variable, a member of one, or the size of a text. */
function valueOf(node: ASTNode): Quick | undefined {
  if (node.op === 'id') {
    const name = node.args
    if (name !== 'server' && name !== 'method' && name !== 'tool') return undefined
    return (facts) => facts[name]
  }
  if (node.op === '.') {
    const [of, member] = node.args
    if (of.op !== 'id') return undefined
    if (of.args === 'args') return ({ args }) => (isPlain(args) ? ownOf(args, member) : undefined)
    if (of.args === 'principal') return ({ principal }) => ownOf(principal, member)
    return of.args === 'request' && member === 'address' ? ({ request }) => request.address : undefined
  }
  const sized = sizedBy(node)
  const value = sized && valueOf(sized)
  return value && ((facts) => sizeOf(value(facts)))
}

function sizedBy(node: ASTNode): ASTNode | undefined {
  if (node.op === 'call') return node.args[0] === 'size' && node.args[1].length === 1 ? node.args[1][0] : undefined
  return node.op === 'rcall' && node.args[0] === 'size' && node.args[2].length === 0 ? node.args[1] : undefined
}

/** CEL tells types by `constructor`, so it has no answer where a caller sent a member of that name. */
const isPlain = ({ constructor: made }: Readonly<Record<string, unknown>>): boolean =>
  made === Object || made === undefined

const ownOf = (of: Readonly<Record<string, unknown>>, member: string): unknown =>
  Object.hasOwn(of, member) ? of[member] : undefined

/** CEL counts code points, which are as many as there are units where none is half of a pair. */
const sizeOf = (value: unknown): number | undefined =>
  typeof value === 'string' && !/[\ud800-\udfff]/.test(value) ? value.length : undefined
