import { Environment } from '@marcbachmann/cel-js'
import { FACTS } from './condition-facts.ts'
import type { AskedNames } from './argument-names.ts'
import { survey } from './condition-survey.ts'
import type { Facts } from './facts.ts'

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
  /** Which members of arguments it could look for. */
  readonly argumentNames: AskedNames
}

const LIMITS = { maxAstNodes: 400, maxDepth: 32, maxListElements: 100, maxMapEntries: 20, maxCallArguments: 8 }

const environment = new Environment({ limits: LIMITS })
for (const [name, type] of Object.entries(FACTS)) environment.registerVariable(name, type)

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
  const { names } = found
  return {
    condition: {
      holds(facts) {
        const value: unknown = parsed(facts)
        if (typeof value !== 'boolean') throw new TypeError('the condition is neither true nor false')
        return value
      },
      cost: (bytes) => found.cost(bytes),
      asksArguments: names.has('args'),
      asksTool: names.has('args') || names.has('tool'),
      asksCallerOnly: !['args', 'tool', 'method', 'server'].some((name) => names.has(name)),
      asksGroups: names.has('principal.groups'),
      argumentNames: found.argumentNames,
    },
  }
}

const firstLine = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).split('\n')[0]!.slice(0, 300)
