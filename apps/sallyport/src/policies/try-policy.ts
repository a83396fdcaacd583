import type { CompiledPolicy } from './compile.ts'
import { decide, isVisible } from './decide.ts'
import type { Action, Decision, Subject } from './decision.ts'
import { toAction, toSubject } from './policy-case.ts'
import type { Outcome, PolicyCase } from './policy-case.ts'

/** How a policy answers one case; on the wire as it is. */
export interface CaseResult {
  readonly result: Outcome
  readonly by: string
  readonly scopes?: readonly string[]
  readonly problem?: string
  readonly dry_run?: string
  /** Whether the answer is the expected one; absent where nothing was expected. */
  readonly passed?: boolean
}

/** What the gate would do about this case, by the same functions. */
export function tryCase(policy: CompiledPolicy, asked: PolicyCase, now: number): CaseResult {
  const [subject, action] = [toSubject(asked), toAction(asked, now)]
  const decision = decide(policy, subject, action)
  const result = outcomeOf(policy, decision, { subject, action })
  const passed = hasPassed(asked, result, decision.by)
  return {
    result,
    by: decision.by,
    ...(!decision.allowed && decision.scopes && { scopes: decision.scopes }),
    ...(!decision.allowed && decision.problem !== undefined && { problem: decision.problem }),
    ...(decision.dryRun !== undefined && { dry_run: decision.dryRun }),
    ...(passed !== undefined && { passed }),
  }
}

function outcomeOf(
  policy: CompiledPolicy,
  decision: Decision,
  { subject, action }: { readonly subject: Subject; readonly action: Action },
): Outcome {
  if (decision.allowed) return 'allowed'
  if (decision.scopes) return 'needs-scopes'
  const isListed = action.target !== undefined && action.kind !== 'other'
  return isListed && !isVisible(policy, subject, action) ? 'hidden' : 'denied'
}

function hasPassed({ expect, rule }: PolicyCase, result: Outcome, by: string): boolean | undefined {
  if (expect === undefined && rule === undefined) return undefined
  return (expect ?? result) === result && (rule === undefined || by === `rule ${rule}` || by === rule)
}
