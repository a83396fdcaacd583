import { spellEmail } from '../members/new-member.ts'
import type { Policy, PolicyRule } from './policy.ts'

/** Ids behind the names that people write; undefined for what names nobody. */
export interface Names {
  readonly member: (text: string) => string | undefined
  /** A name may be of several tokens, of which all are meant. */
  readonly token: (text: string) => readonly string[] | undefined
}

export interface PolicyProblem {
  readonly path: readonly (string | number)[]
  readonly says: string
}

const MAX_TOKENS = 200

/** The policy with ids in place of e-mails and of names of tokens, or all that name nobody. */
export function resolveNames(
  policy: Policy,
  names: Names,
): { readonly policy: Policy } | { readonly problems: readonly PolicyProblem[] } {
  const problems: PolicyProblem[] = []
  const rules = policy.rules.map((rule, index) =>
    resolveRule(rule, names, (path, says) => problems.push({ path: ['rules', index, 'who', ...path], says })),
  )
  return problems.length > 0 ? { problems } : { policy: { ...policy, rules } }
}

type Complain = (path: readonly (string | number)[], says: string) => void

function resolveRule(rule: PolicyRule, names: Names, complain: Complain): PolicyRule {
  const { members, tokens } = rule.who ?? {}
  if (!members && !tokens) return rule
  const memberIds = members?.map((text, index) => {
    const id = names.member(text)
    if (id === undefined) complain(['members', index], 'is no member of this teamspace')
    return id ?? text
  })
  const tokenIds = tokens?.flatMap((text, index) => {
    const ids = text === '*' ? [text] : names.token(text)
    if (ids === undefined) complain(['tokens', index], 'is no MCP token of this teamspace')
    return ids ?? []
  })
  const distinctTokens = tokenIds && [...new Set(tokenIds)]
  if (distinctTokens && distinctTokens.length > MAX_TOKENS) {
    complain(['tokens'], `means ${distinctTokens.length} tokens, more than ${MAX_TOKENS}`)
  }
  const who = {
    ...rule.who,
    ...(memberIds && { members: [...new Set(memberIds)] }),
    ...(distinctTokens && { tokens: distinctTokens }),
  }
  return { ...rule, who }
}

/** All that a policy calls by name, or by id. */
export const namedIn = ({ rules }: Policy) => ({
  members: new Set(rules.flatMap(({ who }) => who?.members ?? [])),
  tokens: new Set(rules.flatMap(({ who }) => who?.tokens ?? []).filter((text) => text !== '*')),
})

/** E-mails in one spelling; ids stay as they are. */
export const spellMember = (text: string): string => (text.includes('@') ? spellEmail(text) : text)

/** Where nobody can be asked, each name stands for itself. */
export const NAMES_AS_WRITTEN: Names = { member: spellMember, token: (text) => [text] }
