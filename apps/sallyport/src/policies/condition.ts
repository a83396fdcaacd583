import { Environment } from '@marcbachmann/cel-js'
import type { ASTNode } from '@marcbachmann/cel-js'

/** What a condition can ask about. */
export interface Facts {
  readonly principal: Readonly<Record<string, unknown>>
  readonly server: string
  readonly method: string
  readonly tool: string
  readonly args: Readonly<Record<string, unknown>>
  readonly request: { readonly address: string; readonly time: Date }
}

export interface Condition {
  /** True or false; throws when the condition cannot be told from these facts. */
  holds(facts: Facts): boolean
  /** Work for a message of this many bytes, in units of about a tenth of a microsecond. */
  cost(bytes: number): number
  /** Whether it asks about arguments, which a list does not have yet. */
  readonly asksArguments: boolean
  /** Whether it asks about a tool or its arguments, so that it says nothing of other messages. */
  readonly asksTool: boolean
  /** Whether it asks only about the caller, so that one answer serves a whole list or batch. */
  readonly asksCallerOnly: boolean
  readonly asksGroups: boolean
}

const LIMITS = { maxAstNodes: 400, maxDepth: 32, maxListElements: 100, maxMapEntries: 20, maxCallArguments: 8 }

const environment = new Environment({ limits: LIMITS })
  .registerVariable('principal', {
    schema: {
      kind: 'string',
      id: 'string',
      role: 'string',
      roles: 'list<string>',
      groups: 'list<string>',
      scopes: 'list<string>',
      issuer: 'string',
      client_id: 'string',
    },
  })
  .registerVariable('server', 'string')
  .registerVariable('method', 'string')
  .registerVariable('tool', 'string')
  .registerVariable('args', 'map')
  .registerVariable('request', { schema: { address: 'string', time: 'google.protobuf.Timestamp' } })

/** Walk their list once: what they cost grows with the message. One inside another would grow with its square. */
const MACROS = new Set(['exists', 'all', 'exists_one', 'filter', 'map'])
/** Make another text as long as theirs. */
const COPYING = new Set(['lowerAscii', 'upperAscii', 'trim', 'split', 'join', 'string', 'substring'])
/** `matches` is not among them: JavaScript's regular expressions can run for hours. */
const CALLS = new Set([
  ...MACROS,
  ...COPYING,
  ...['has', 'size', 'startsWith', 'endsWith', 'contains', 'indexOf', 'lastIndexOf'],
  ...['int', 'uint', 'double', 'bool', 'dyn', 'timestamp', 'duration'],
  ...['getFullYear', 'getMonth', 'getDate', 'getDayOfMonth', 'getDayOfWeek', 'getDayOfYear', 'getHours', 'getMinutes'],
  ...['getSeconds', 'getMilliseconds'],
])

/** Reads a condition, or says what is wrong with it. */
export function parseCondition(text: string): { readonly condition: Condition } | { readonly problem: string } {
  let parsed: ReturnType<typeof environment.parse>
  try {
    parsed = environment.parse(text)
  } catch (error) {
    return { problem: firstLine(error) }
  }
  const found = survey(parsed.ast)
  if (found.problem !== undefined) return { problem: found.problem }
  const checked = parsed.check()
  if (!checked.valid) return { problem: firstLine(checked.error) }
  if (checked.type !== 'bool')
    return { problem: `must be true or false, and is ${checked.type}: compare it with == true` }
  const { macros, copying, names } = found
  return {
    condition: {
      holds(facts) {
        const value: unknown = parsed(facts)
        if (typeof value !== 'boolean') throw new TypeError('the condition is neither true nor false')
        return value
      },
      cost: (bytes) => 10 + macros * (bytes >> 1) + copying * (bytes >> 6),
      asksArguments: names.has('args'),
      asksTool: names.has('args') || names.has('tool'),
      asksCallerOnly: !['args', 'tool', 'method', 'server'].some((name) => names.has(name)),
      asksGroups: names.has('principal.groups'),
    },
  }
}

interface Survey {
  macros: number
  copying: number
  readonly names: Set<string>
  problem?: string | undefined
}

/** Everything in the expression must be known to be harmless; what is not in a list is refused. */
function survey(ast: ASTNode): Survey {
  const found: Survey = { macros: 0, copying: 0, names: new Set() }
  walk(ast, false, found)
  return found
}

function walk(node: ASTNode, inMacro: boolean, found: Survey): void {
  switch (node.op) {
    case 'value':
      return
    case 'id':
      // By its members only, so that it is seen which of them a condition needs.
      if (node.args === 'principal') found.problem ??= 'principal is asked by its members, as in principal.role'
      return void found.names.add(node.args)
    case '.': {
      const [of, member] = node.args
      if (of.op !== 'id') return walk(of, inMacro, found)
      found.names.add(of.args).add(`${of.args}.${member}`)
      return
    }
    case 'call':
      return walkCall(node.args[0], node.args[1], inMacro, found)
    case 'rcall':
      walk(node.args[1], inMacro, found)
      return walkCall(node.args[0], node.args[2], inMacro, found)
    case 'list':
      return node.args.forEach((element) => walk(element, inMacro, found))
    case 'map':
      return node.args.forEach((entry) => entry.forEach((part) => walk(part, inMacro, found)))
    case '?:':
      return node.args.forEach((part) => walk(part, inMacro, found))
    case '!_':
    case '-_':
      return walk(node.args, inMacro, found)
    case '.?':
    case '[?]':
      found.problem ??= 'optional members are not supported: use has(…)'
      return
    default:
      return node.args.forEach((operand) => walk(operand, inMacro, found))
  }
}

function walkCall(name: string, operands: readonly ASTNode[], inMacro: boolean, found: Survey): void {
  const isMacro = MACROS.has(name)
  if (!CALLS.has(name)) found.problem ??= `${name}() cannot be used in a condition`
  if (isMacro && inMacro) found.problem ??= `${name}() cannot stand inside another of its kind`
  if (isMacro) found.macros++
  if (COPYING.has(name)) found.copying++
  operands.forEach((operand) => walk(operand, inMacro || isMacro, found))
}

const firstLine = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).split('\n')[0]!.slice(0, 300)
