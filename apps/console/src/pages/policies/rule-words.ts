import type { PolicyRule, Who } from './policy.ts'

/** A piece of a sentence; `value` for what stands there as it was written. */
export type Word = string | { readonly value: string }

export interface Names {
  readonly member: (id: string) => string
  readonly token: (id: string) => string
}

/** A rule as a sentence. */
export function sayRule(rule: PolicyRule, names: Names): readonly Word[] {
  return [
    rule.effect === 'allow' ? 'Allow ' : 'Deny ',
    ...sayWhat(rule),
    ...(rule.servers ? [' on ', ...sayAll(rule.servers, 'or')] : []),
    ...sayWho(rule, names),
    ...(rule.unless
      ? [', unless they have ', scopeWord(rule.unless.scopes), ...sayAll(rule.unless.scopes, 'and')]
      : []),
    '.',
  ]
}

function sayWhat({ tools, prompts, resources, classes, methods }: PolicyRule): Word[] {
  const parts: Word[][] = []
  if (tools || classes) {
    const ofClass: Word[] = classes ? ['of class ', ...sayAll(classes, 'or')] : []
    if (tools) parts.push([tools.length > 1 ? 'the tools ' : 'the tool ', ...sayAll(tools, 'and'), ...spaced(ofClass)])
    else parts.push(['tools ', ...ofClass])
  }
  if (prompts) parts.push([prompts.length > 1 ? 'the prompts ' : 'the prompt ', ...sayAll(prompts, 'and')])
  if (resources) parts.push([resources.length > 1 ? 'the resources ' : 'the resource ', ...sayAll(resources, 'and')])
  const what: Word[] = parts.length > 0 ? join(parts, 'and') : [methods ? 'messages' : 'everything']
  return methods ? [...what, ' by ', ...sayAll(methods, 'or')] : what
}

const spaced = (words: Word[]): Word[] => (words.length > 0 ? [' ', ...words] : words)

function sayWho({ who, effect }: PolicyRule, names: Names): Word[] {
  const preposition = effect === 'allow' ? ' to ' : ' for '
  return who ? [preposition, ...join(conditionsOn(who, names), 'and')] : [`${preposition}everybody`]
}

function conditionsOn({ roles, groups, members, tokens, scopes }: Who, names: Names): Word[][] {
  const stated: Word[][] = []
  if (roles) stated.push(sayPlain(roles.map((role) => `${role}s`)))
  if (groups) stated.push(['people of the group ', ...sayAll(groups, 'or')])
  if (members) stated.push(sayAll(members.map(names.member), 'or'))
  if (tokens?.includes('*')) stated.push(['any MCP token'])
  else if (tokens) stated.push(['the MCP token ', ...sayAll(tokens.map(names.token), 'or')])
  if (scopes) stated.push(['whoever has ', scopeWord(scopes), ...sayAll(scopes, 'and')])
  return stated
}

const scopeWord = (scopes: readonly string[]): string => (scopes.length > 1 ? 'the scopes ' : 'the scope ')

const sayPlain = (texts: readonly string[]): Word[] =>
  join(
    texts.map((text) => [text]),
    'and',
  )

const MAX_NAMED = 4

function sayAll(values: readonly string[], last: 'and' | 'or'): Word[] {
  const shown = values.length > MAX_NAMED ? values.slice(0, MAX_NAMED - 1) : values
  const parts: Word[][] = shown.map((value) => [{ value }])
  if (shown.length < values.length) parts.push([`${values.length - shown.length} more`])
  return join(parts, last)
}

const join = (parts: readonly Word[][], last: 'and' | 'or'): Word[] =>
  parts.flatMap((part, index) => {
    if (index === 0) return part
    return [index === parts.length - 1 ? ` ${last} ` : ', ', ...part]
  })

export const plain = (words: readonly Word[]): string =>
  words.map((word) => (typeof word === 'string' ? word : word.value)).join('')
