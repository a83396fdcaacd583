import { type Check, type Requirements, runSuite, SEVERITY, type SuiteResults } from './run-suite.ts'

export interface ComparedCheck {
  readonly scenario: string
  readonly id: string
  /** Undefined: the run did not get as far as this check. */
  readonly direct: Check | undefined
  readonly through: Check | undefined
  readonly verdict: 'same' | 'worse' | 'better'
}

export interface Comparison {
  readonly checks: readonly ComparedCheck[]
  readonly same: readonly ComparedCheck[]
  readonly worse: readonly ComparedCheck[]
  readonly better: readonly ComparedCheck[]
}

/**
 * What the conformance suite says of a server directly, beside what it says through whatever stands before it. One
 * after the other: a change that one run triggers is announced to every subscriber, so two at once would meet.
 */
export async function compareConformance(options: {
  readonly direct: string
  readonly through: string
  readonly requirements: Requirements
  readonly timeoutSeconds?: number
}): Promise<Comparison> {
  const { requirements, timeoutSeconds } = options
  const direct = await runSuite(options.direct, requirements, timeoutSeconds)
  const through = await runSuite(options.through, requirements, timeoutSeconds)
  return compareResults(direct, through)
}

export function compareResults(direct: SuiteResults, through: SuiteResults): Comparison {
  const scenarios = new Set([...direct.keys(), ...through.keys()])
  const checks = [...scenarios].flatMap((scenario) => {
    const [before, after] = [direct.get(scenario), through.get(scenario)]
    const ids = new Set([...(before?.keys() ?? []), ...(after?.keys() ?? [])])
    return [...ids].map((id) => compareCheck(scenario, id, before?.get(id), after?.get(id)))
  })
  const having = (verdict: ComparedCheck['verdict']) => checks.filter((check) => check.verdict === verdict)
  return { checks, same: having('same'), worse: having('worse'), better: having('better') }
}

function compareCheck(
  scenario: string,
  id: string,
  direct: Check | undefined,
  through: Check | undefined,
): ComparedCheck {
  const difference = severityOf(through) - severityOf(direct)
  const verdict = difference > 0 ? 'worse' : difference < 0 ? 'better' : 'same'
  return { scenario, id, direct, through, verdict }
}

/** A check that one side never reached counts there as failed: what was not shown was not passed. */
const severityOf = (check: Check | undefined) => SEVERITY[check?.status ?? 'FAILURE']
