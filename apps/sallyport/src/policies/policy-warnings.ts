import { matcher } from '../tools/pattern.ts'
import type { Policy } from './policy.ts'

const MAX_WARNINGS = 20

/** What is allowed to be saved, but may not do what its author thinks. */
export function policyWarnings(policy: Policy, servers: readonly string[]): readonly string[] {
  const warnings: string[] = []
  for (const { name, effect, servers: patterns, dryRun } of policy.rules) {
    const strangers = patterns?.filter((pattern) => !servers.some(matcher(pattern))) ?? []
    for (const pattern of strangers) warnings.push(`rule ${name}: no server is called ${pattern}`)
    if (effect === 'allow' && policy.default === 'allow members' && !dryRun) {
      warnings.push(`rule ${name}: allows what the default allows already`)
    }
  }
  return warnings.slice(0, MAX_WARNINGS)
}
