import type { ServerConfig } from '../../config/config.ts'
import { deny, isDenied } from '../../outcome/denial.ts'
import type { Denial } from '../../outcome/denial.ts'
import type { CompiledPolicy } from '../../policies/compile.ts'
import { decide, isVisible, startWork } from '../../policies/decide.ts'
import type { Work } from '../../policies/decide.ts'
import type { Action, Subject } from '../../policies/decision.ts'
import type { ToolClass } from '../../tools/tool-class.ts'
import { allowsOther, allowsServer, allowsTool, scopesNeeded } from '../../tokens/tool-scopes.ts'
import type { ToolScopes } from '../../tokens/tool-scopes.ts'
import { toolClassFor } from '../../tools/tool-class-for.ts'
import type { ListRules, ReadCall } from '../call.ts'
import { doubtReader } from '../mcp/argument-doubts.ts'
import { actionsOf } from './actions.ts'

/** Everything that decides what one caller may do at one server. */
export interface Rules {
  readonly server: ServerConfig
  readonly subject: Subject
  readonly policy: CompiledPolicy | undefined
  /** Of an MCP token that was minted for less than everything. */
  readonly toolScopes: ToolScopes | undefined
  /** The classes of the tools that the server was heard to offer; undefined when it was heard of none. */
  readonly tools: ReadonlyMap<string, ToolClass> | undefined
  readonly request: Action['request']
}

/** To nothing in particular they give nothing: the server itself says so, or that its revision has them no more. */
const SUBSCRIPTIONS = new Set(['resources/subscribe', 'resources/unsubscribe'])

/** Judges every message of a call: one that may not pass keeps all of them from passing. Returns what allowed them. */
export function judge({ messages, body, record }: ReadCall, rules: Rules): { readonly by: string } | Denial {
  const { server, tools, request } = rules
  const bytes = body?.length ?? 0
  const classOf = (tool: string) => toolClassFor(server, tool, tools?.get(tool))
  const surroundings = { server: server.name, bytes, request, toolClassOf: classOf, doubtsOf: doubtReader(body) }
  const work = startWork()
  if (!allowsServer(rules.toolScopes, server.name)) return lacksToolScopes({ server: server.name, method: '' }, rules)
  let by = rules.policy ? 'default' : `role:${rules.subject.role}`
  // A call of nothing in particular is nothing that rules could speak of.
  if (messages.some(({ acts, method }) => acts && acts.target === undefined && !SUBSCRIPTIONS.has(method)))
    return deny({ code: 'message_malformed', detail: 'no target' })
  for (const action of actionsOf(messages, surroundings)) {
    const outcome = judgeOne(action, rules, work)
    if (isDenied(outcome)) return outcome
    if (outcome.dryRun !== undefined) record.dryRun = outcome.dryRun
    by = outcome.by ?? by
  }
  return { by }
}

interface Passed {
  readonly by?: string | undefined
  readonly dryRun?: string | undefined
}

function judgeOne(action: Action, rules: Rules, work: Work): Passed | Denial {
  const { policy, subject, server, toolScopes, tools } = rules
  if (!isInScope(action, toolScopes)) return lacksToolScopes(askedOf(action), rules)
  if (!policy) return {}
  const decision = decide(policy, subject, action, work)
  if (decision.allowed) {
    // Otherwise a hidden tool could be told from one that is not there, by who answers.
    const isUnheardOf = action.kind === 'tool' && policy.restricts && tools !== undefined && !tools.has(action.target!)
    return isUnheardOf
      ? unknown(action, rules, { by: undefined, detail: `not in the list of tools that ${server.name} has given` })
      : decision
  }
  const { by, scopes, problem } = decision
  if (scopes) {
    const required = [...server.scopes, ...scopes]
    return deny({ code: 'scope_insufficient', required, presented: [...subject.scopes], detail: by })
  }
  if (action.kind !== 'protocol' && action.kind !== 'other' && !isVisible(policy, subject, action, work)) {
    return unknown(action, rules, { by, detail: problem })
  }
  return deny({ code: 'call_forbidden', by, detail: problem })
}

interface Why {
  readonly by: string | undefined
  readonly detail: string | undefined
}

/** As if it were not there; an MCP token that could not call what is not there is told just that. */
function unknown(action: Action, rules: Rules, { by, detail }: Why): Denial {
  const { kind, target } = action
  if (kind === 'tool') {
    const missing = { ...action, toolClass: toolClassFor(rules.server, target!, undefined) }
    if (!isInScope(missing, rules.toolScopes)) return lacksToolScopes(askedOf(missing), rules, by ?? detail)
  }
  const code = kind === 'prompt' ? 'prompt_unknown' : kind === 'resource' ? 'resource_unknown' : 'tool_unknown'
  return deny({ code, target: target!.slice(0, 512), by, detail })
}

const isInScope = (action: Action, scopes: ToolScopes | undefined): boolean =>
  scopes === undefined ||
  (action.kind === 'tool'
    ? allowsTool(scopes, { server: action.server, tool: action.target!, toolClass: action.toolClass })
    : allowsOther(scopes, action))

const askedOf = ({ kind, server, method, target, toolClass }: Action) =>
  kind === 'tool' ? { server, tool: target!, toolClass } : { server, method }

const lacksToolScopes = (asked: Parameters<typeof scopesNeeded>[1], { toolScopes }: Rules, detail?: string): Denial =>
  deny({
    code: 'token_scope_insufficient',
    required: scopesNeeded(toolScopes, asked),
    presented: toolScopes!.granted,
    ...(detail !== undefined && { detail }),
  })

/** What the same rules say of entries of lists. */
export function listRulesOf(rules: Rules): ListRules {
  const { policy, subject, server, toolScopes, request } = rules
  // Conditions about the caller alone are worked out once for the whole list; others have their own allowance each.
  let answers: Work['answers'] | undefined
  return {
    isVisible({ kind, method, target, toolClass }) {
      const action: Action = {
        server: server.name,
        kind,
        method,
        target,
        toolClass,
        args: undefined,
        bytes: 0,
        request,
      }
      if (!isInScope(action, toolScopes)) return false
      if (!policy) return true
      const work = startWork()
      return isVisible(policy, subject, action, { ...work, answers: (answers ??= work.answers) })
    },
  }
}
