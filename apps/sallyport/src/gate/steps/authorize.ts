import type { VerifiedToken } from '@sallyport/verifier'
import type { CompiledPolicy, PolicySource } from '../../policies/compile.ts'
import type { Subject } from '../../policies/decision.ts'
import type { ToolClass } from '../../tools/tool-class.ts'
import type { Awaitable } from '../../store/when-ready.ts'
import { answering } from '../answering.ts'
import { advance } from '../call.ts'
import type { AuthorizedCall, ReadmittedCall } from '../call.ts'
import { deny, isDenied } from '../../outcome/denial.ts'
import type { Denial } from '../../outcome/denial.ts'
import { storeDown } from '../../outcome/fault.ts'
import { judge, listRulesOf } from '../rules/judge.ts'
import type { Rules } from '../rules/judge.ts'
import { subjectOf } from '../rules/subject.ts'

/** What a decision may need to know, each asked only when a rule needs it. */
export interface AuthorizeDeps {
  readonly policies: PolicySource
  /** All scopes that come with the presented ones. */
  readonly expandScopes: (presented: readonly string[]) => ReadonlySet<string>
  readonly groups: { groupsOf(token: VerifiedToken): Awaitable<Subject['groups']> }
  readonly tools: { find(teamspaceId: string, server: string): Awaitable<ReadonlyMap<string, ToolClass> | undefined> }
}

type Outcome = AuthorizedCall | Denial

/** Scopes and roles that the server asks for, then the rules of the teamspace. Every call passes here, its messages read. */
export function authorize(call: ReadmittedCall, deps: AuthorizeDeps): Awaitable<Outcome> {
  const { proof } = call
  // Whoever stands in front decides who may do what; there is nothing proven here to judge by (S3-13).
  if (proof.kind === 'gateway' || proof.kind === 'none') return authorized(call, proof.kind)
  const scopes = deps.expandScopes(proof.scopes)
  const refusal = checkServer(call, proof, scopes)
  if (refusal) return refusal
  const policy = deps.policies.find(proof.teamspaceId)
  if (policy instanceof Promise) {
    return policy.then(
      (found) => byRules(call, proof, scopes, found, deps),
      storeDown('the policy could not be looked up'),
    )
  }
  return byRules(call, proof, scopes, policy, deps)
}

/** What the operator asks of whoever calls this server. */
function checkServer(call: ReadmittedCall, proof: VerifiedToken, scopes: ReadonlySet<string>): Denial | undefined {
  const { server, principal } = call
  if (!server.scopes.every((scope) => scopes.has(scope))) {
    return deny({ code: 'scope_insufficient', required: server.scopes, presented: proof.scopes })
  }
  const presentedRoles = proof.kind === 'entra' ? proof.roles : []
  const appRoles = server.appRoles ?? (isOfEntraTenant(call) ? server.entraAppRoles : undefined)
  if (appRoles !== undefined && !appRoles.some((appRole) => presentedRoles.includes(appRole))) {
    return deny({ code: 'app_role_missing', required: appRoles, presented: presentedRoles })
  }
  const { role } = principal
  if (role === undefined || (server.roles !== undefined && !server.roles.includes(role))) {
    return deny({ code: 'role_insufficient', required: server.roles ?? [], presented: role ?? 'none' })
  }
  return undefined
}

/**
 * An MCP token that a member holds stands for that member, and shows no app role: minted by somebody without the role,
 * it would be the way around it.
 */
const isOfEntraTenant = ({ proof, principal }: ReadmittedCall): boolean =>
  proof.kind === 'entra' || (principal.kind === 'mcp_token' && principal.memberId !== undefined)

const NOT_ASKED: Subject['groups'] = new Set()

/** What the teamspace itself says: its policy, and what an MCP token was minted for. */
function byRules(
  call: ReadmittedCall,
  proof: VerifiedToken,
  scopes: ReadonlySet<string>,
  policy: CompiledPolicy | undefined,
  { groups, tools }: AuthorizeDeps,
): Awaitable<Outcome> {
  const { principal, server } = call
  const toolScopes = principal.kind === 'mcp_token' ? principal.toolScopes : undefined
  if (!policy && !toolScopes) return authorized(call, `role:${principal.role!}`)
  const known = policy?.asksGroups ? groups.groupsOf(proof) : NOT_ASKED
  const offered = tools.find(proof.teamspaceId, server.name)
  const conclude = (groupsOf: Subject['groups'], offers: Awaited<typeof offered>): Outcome => {
    const subject = subjectOf(call, { scopes, groups: groupsOf })!
    const request = { address: call.record.address ?? '', at: call.record.at }
    const rules: Rules = { server, subject, policy, toolScopes, tools: offers, request }
    const outcome = judge(call, rules)
    return isDenied(outcome) ? answering(outcome, call.messages) : authorized(call, outcome.by, listRulesOf(rules))
  }
  if (!(known instanceof Promise || offered instanceof Promise)) return conclude(known, offered)
  const heard = Promise.resolve(offered).catch(storeDown('what the server offers could not be looked up'))
  return Promise.all([known, heard]).then((both) => conclude(...both))
}

const authorized = (call: ReadmittedCall, rule: string, lists?: AuthorizedCall['lists']): AuthorizedCall =>
  advance(call, 'authorize', { rule, lists })
