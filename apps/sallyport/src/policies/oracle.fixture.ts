import type { Action, Decision, Subject } from './decision.ts'
import type { Policy, PolicyRule } from './policy.ts'

/**
 * For tests: what a policy means, as slowly and plainly as can be. Written from what the documentation promises and
 * sharing nothing with the code it judges: names and URIs come with their other spellings, conditions with their meaning.
 */
export interface Known {
  /** As rules that deny read a name; by the name itself. */
  readonly folded: Readonly<Record<string, string>>
  /** Further ways in which servers read a URI. */
  readonly spellings: Readonly<Record<string, readonly string[]>>
  readonly conditions: Readonly<Record<string, Meaning>>
}

export interface Meaning {
  readonly asks: 'caller' | 'call' | 'tool' | 'args'
  /** Throws where the answer cannot be told. */
  readonly holds: (subject: Subject, action: Action) => boolean
}

type Verdict = Pick<Decision, 'allowed' | 'by'> & { readonly scopes: readonly string[] | undefined }

export type Answer = Verdict & { readonly dryRun: string | undefined; readonly visible: boolean }

export function oracle(known: Known, policy: Policy, subject: Subject, action: Action): Answer {
  const enforced = { ...policy, rules: policy.rules.filter(({ dryRun }) => !dryRun) }
  const verdict = judge(known, enforced, subject, action)
  const tried = judge(known, policy, subject, action)
  const listed = judge(known, enforced, subject, { ...action, args: undefined })
  const dryRun =
    tried.allowed === verdict.allowed ? undefined : `${tried.allowed ? 'allowed' : 'denied'} by ${tried.by}`
  return { ...verdict, dryRun, visible: listed.allowed || listed.scopes !== undefined }
}

function judge(known: Known, policy: Policy, subject: Subject, action: Action): Verdict {
  const concerned = policy.rules.filter((rule) => concerns(known, rule, subject, action))
  const denies = concerned.filter(({ effect }) => effect === 'deny')
  const allows = concerned.filter(({ effect }) => effect === 'allow')
  const final = denies.find(({ unless }) => !unless)
  if (final) return { allowed: false, by: `rule ${final.name}`, scopes: undefined }

  const hasScopes = ({ who }: PolicyRule) => (who?.scopes ?? []).every((scope) => subject.scopes.has(scope))
  const allow = allows.find(hasScopes)
  const opener = allows.find((rule) => !hasScopes(rule))
  const isOpen = allow !== undefined || policy.default === 'allow members' || action.kind === 'protocol'
  if (!isOpen && !opener) return { allowed: false, by: 'default', scopes: undefined }
  const by = allow ? `rule ${allow.name}` : 'default'
  if (isOpen && denies.length === 0) return { allowed: true, by, scopes: undefined }

  const wanted = [...denies.flatMap(({ unless }) => unless!.scopes), ...(isOpen ? [] : opener!.who!.scopes!)]
  const scopes = subject.canStepUp ? [...new Set(wanted)] : undefined
  return { allowed: false, by: `rule ${(denies[0] ?? opener!).name}`, scopes }
}

function concerns(known: Known, rule: PolicyRule, subject: Subject, action: Action): boolean {
  const { servers, methods, who = {}, unless, when } = rule
  const denies = rule.effect === 'deny'
  if (servers && !servers.some((pattern) => means(pattern, action.server))) return false
  if (methods && !methods.some((pattern) => meansName(known, denies, pattern, action.method))) return false
  if (!isAbout(known, rule, action)) return false

  const roles: (string | undefined)[] = denies ? [subject.role, subject.holderRole] : [subject.role]
  if (who.roles && !who.roles.some((role) => roles.includes(role))) return false
  if (who.members && !who.members.includes(subject.memberId!)) return false
  if (who.tokens && (subject.tokenId === undefined || !['*', subject.tokenId].some((id) => who.tokens!.includes(id)))) {
    return false
  }
  const { groups } = subject
  if (who.groups && (groups === 'unknown' ? !denies : !who.groups.some((group) => groups.has(group)))) return false
  if (denies && who.scopes && !who.scopes.every((scope) => subject.scopes.has(scope))) return false
  if (unless && unless.scopes.every((scope) => subject.scopes.has(scope))) return false
  return when === undefined || holds(known.conditions[when]!, denies, subject, action)
}

/** A rule that speaks of particular things says nothing of others. */
function isAbout(known: Known, rule: PolicyRule, { kind, target = '', toolClass }: Action): boolean {
  const { tools, prompts, resources, classes } = rule
  const denies = rule.effect === 'deny'
  if (!tools && !prompts && !resources && !classes) return true
  const named = (patterns: readonly string[]) => patterns.some((pattern) => meansName(known, denies, pattern, target))
  if (kind === 'prompt') return prompts !== undefined && named(prompts)
  if (kind === 'tool') {
    if (!tools && !classes) return false
    // A tool of which nothing is known may be of any class: the worst is assumed.
    const isOfClass = !classes || (toolClass ? classes.includes(toolClass) : denies || classes.includes('destructive'))
    return isOfClass && (!tools || named(tools))
  }
  if (kind !== 'resource' || !resources) return false
  const read = [target, ...(known.spellings[target] ?? [])]
  const isMeant = (uri: string) => resources.some((pattern) => meansUri(denies, pattern, uri))
  return denies ? read.some(isMeant) : read.every(isMeant)
}

const meansName = ({ folded }: Known, denies: boolean, pattern: string, name: string): boolean =>
  denies ? means(pattern.toLowerCase(), folded[name] ?? name.toLowerCase()) : means(pattern, name)

const meansUri = (denies: boolean, pattern: string, uri: string): boolean =>
  denies ? means(pattern.toLowerCase(), uri.toLowerCase()) : means(pattern, uri)

const means = (pattern: string, text: string): boolean =>
  new RegExp(`^${pattern.replace(/[^\w*]/g, '\\$&').replaceAll('*', '.*')}$`, 's').test(text)

function holds({ asks, holds }: Meaning, denies: boolean, subject: Subject, action: Action): boolean {
  const isTargeted = action.kind === 'tool' || action.kind === 'prompt' || action.kind === 'resource'
  if ((asks === 'tool' || asks === 'args') && !isTargeted) return false
  // Arguments of what is only listed may yet be anything: the entry is shown.
  if (asks === 'args' && action.args === undefined) return !denies
  try {
    return holds(subject, action)
  } catch {
    return denies
  }
}
