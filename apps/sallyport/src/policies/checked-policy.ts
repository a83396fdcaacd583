import { compilePolicy, checkPolicy } from './compile.ts'
import type { CompiledPolicy } from './compile.ts'
import { policySchema } from './policy.ts'
import type { Policy } from './policy.ts'

/** A policy that can be put into force: its shape, and its conditions too. */
export const checkedPolicySchema = policySchema.superRefine((policy, context) => {
  for (const { path, message } of checkPolicy(policy)) context.addIssue({ code: 'custom', message, path: [...path] })
})

/** The policy of a document that was saved, perhaps by an older version; throws when it means nothing any more. */
export function readStoredPolicy(document: unknown): Policy {
  const read = policySchema.safeParse(document)
  if (read.success) return read.data
  const where = read.error.issues[0]?.path.join('.')
  throw new Error(`the policy of the teamspace cannot be read${where ? ` (${where})` : ''}: save it anew`)
}

/** Undefined for a policy that decides nothing: the gate then need not ask. */
export function compileStoredPolicy(document: unknown): CompiledPolicy | undefined {
  const policy = readStoredPolicy(document)
  return decidesNothing(policy) ? undefined : compilePolicy(policy)
}

const decidesNothing = ({ default: otherwise, askForAllScopes, rules }: Policy): boolean =>
  otherwise === 'allow members' && rules.length === 0 && askForAllScopes !== true
