import { api } from '../../api/client.ts'
import type { Role } from '../../api/roles.ts'
import { asPolicy } from './policy.ts'
import type { Policy, ToolClass } from './policy.ts'

export type Kind = 'tool' | 'prompt' | 'resource' | 'method'

export interface Caller {
  readonly role: Role
  readonly holder_role?: Role
  readonly member?: string
  readonly token?: string
  readonly groups?: readonly string[]
  readonly scopes?: readonly string[]
}

/** One question to a policy. */
export interface PolicyCase {
  readonly caller: Caller
  readonly server: string
  readonly tool?: string
  readonly prompt?: string
  readonly resource?: string
  readonly method?: string
  readonly class?: ToolClass
  readonly args?: Readonly<Record<string, unknown>>
  readonly at?: string
  readonly address?: string
}

export interface CaseResult {
  readonly result: 'allowed' | 'denied' | 'hidden' | 'needs-scopes'
  /** `rule NAME`, or `default`. */
  readonly by: string
  readonly scopes?: readonly string[]
  /** A condition that failed, in its own words. */
  readonly problem?: string
  readonly dry_run?: string
}

/** The answer, and what others would be answered. */
export interface Tried {
  readonly asked: PolicyCase
  /** By which it was decided: the draft, or what was in force. */
  readonly policy: Policy | undefined
  readonly result: CaseResult
  readonly others: readonly { readonly says: string; readonly result: CaseResult }[]
}

interface Against {
  /** Undefined to ask the policy that is in force, which is `base` as far as is known here. */
  readonly draft: unknown
  readonly base: unknown
}

const ROLES: readonly Role[] = ['developer', 'admin', 'owner']

/** Asks once for all: the case itself, the same in other roles, and with the scopes that it turns out to lack. */
export async function tryCase(slug: string, asked: PolicyCase, { base, ...given }: Against): Promise<Tried> {
  const send = async (cases: readonly PolicyCase[]): Promise<readonly CaseResult[]> => {
    const body = { ...(given.draft !== undefined && { policy: given.draft }), cases }
    return (await api.post<{ results: readonly CaseResult[] }>(`/teamspaces/${slug}/policy/try`, body)).results
  }
  const roles = ROLES.filter((role) => role !== asked.caller.role)
  const [result, ...inRoles] = await send([asked, ...roles.map((role) => withCaller(asked, { role }))])
  const others = roles.map((role, index) => ({ says: `As ${role}`, result: inRoles[index]! }))
  const { scopes } = result!
  if (scopes) {
    const [withScopes] = await send([withCaller(asked, { scopes: [...(asked.caller.scopes ?? []), ...scopes] })])
    others.unshift({ says: `With the scope ${scopes.join(' and ')}`, result: withScopes! })
  }
  const isOther = (other: CaseResult) => other.result !== result!.result || other.by !== result!.by
  const policy = asPolicy(given.draft ?? base)
  return { asked, policy, result: result!, others: others.filter((other) => isOther(other.result)) }
}

const withCaller = (asked: PolicyCase, part: Partial<Caller>): PolicyCase => ({
  ...asked,
  caller: { ...asked.caller, ...part },
})
