import type { ASTNode } from '@marcbachmann/cel-js'

export const PARTS_OF_TIME = new Set([
  ...['getFullYear', 'getMonth', 'getDate', 'getDayOfMonth', 'getDayOfWeek', 'getDayOfYear', 'getHours', 'getMinutes'],
  ...['getSeconds', 'getMilliseconds'],
])

/** The parts of an expression, whatever joins them. */
export function operandsOf(node: ASTNode): readonly ASTNode[] {
  switch (node.op) {
    case 'value':
    case 'id':
      return []
    case '.':
    case '.?':
      return [node.args[0]]
    case 'call':
      return node.args[1]
    case 'rcall':
      return [node.args[1], ...node.args[2]]
    case '!_':
    case '-_':
      return [node.args]
    case 'map':
      return node.args.flat()
    default:
      return node.args as readonly ASTNode[]
  }
}

/** Whether a part of the expression has this variable in it. */
export const mentions = (node: ASTNode, name: string): boolean =>
  node.op === 'id' ? node.args === name : operandsOf(node).some((operand) => mentions(operand, name))

export const isOfMessage = (node: ASTNode): boolean => mentions(node, 'args') || mentions(node, 'tool')

const LISTS_OF_CALLER = new Set(['roles', 'groups', 'scopes'])

/** What may be long by itself, whatever the element. */
export const isLarge = (node: ASTNode): boolean =>
  isOfMessage(node) ||
  (node.op === '.' &&
    node.args[0].op === 'id' &&
    node.args[0].args === 'principal' &&
    LISTS_OF_CALLER.has(node.args[1])) ||
  operandsOf(node).some((operand) => isLarge(operand))

/** Comparing with one number or text written out takes one look; so does looking for something in a list written out. */
export function isCheap(name: string, operands: readonly ASTNode[]): boolean {
  if (name === 'startsWith' || name === 'endsWith') return operands[1]?.op === 'value'
  if (name === 'in') return operands[1]?.op === 'list'
  return (name === '==' || name === '!=' || name === '+') && operands.some((operand) => isSingle(operand))
}

export const lengthOf = (node: ASTNode | undefined): number =>
  node?.op === 'value' && typeof node.args === 'string' ? node.args.length : 0

const SINGLES = new Set(['size', 'int', 'uint', 'double', 'bool', 'indexOf', 'lastIndexOf', ...PARTS_OF_TIME])

const isSingle = (node: ASTNode): boolean =>
  node.op === 'value' ||
  (node.op === '-_' && isSingle(node.args)) ||
  (node.op === 'call' && SINGLES.has(node.args[0])) ||
  (node.op === 'rcall' && SINGLES.has(node.args[0])) ||
  (node.op === 'id' && (node.args === 'server' || node.args === 'method' || node.args === 'tool')) ||
  (node.op === '.' &&
    node.args[0].op === 'id' &&
    node.args[0].args === 'principal' &&
    !LISTS_OF_CALLER.has(node.args[1]))

/** Names of members that are looked for by text: `args["to"]`, `"to" in args`, and an element that may be a name. */
export function namesSought(op: string, operands: readonly ASTNode[], element: string | undefined): readonly string[] {
  const [left, right] = operands
  if (op === '[]') return textsOf(right)
  if (op === 'in' && left?.op === 'value') return textsOf(left)
  const isElement = (node: ASTNode | undefined) => element !== undefined && node?.op === 'id' && node.args === element
  const mayName = (op === 'in' && isElement(left)) || ((op === '==' || op === '!=') && operands.some(isElement))
  return mayName ? operands.flatMap(textsOf) : []
}

function textsOf(node: ASTNode | undefined): readonly string[] {
  if (node?.op === 'list') return node.args.flatMap(textsOf)
  return node?.op === 'value' && typeof node.args === 'string' ? [node.args] : []
}
