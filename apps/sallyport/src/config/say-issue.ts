import type { z } from 'zod'

const ARTICLES: Readonly<Record<string, string>> = {
  array: 'a list',
  record: 'a map of names to settings',
  object: 'a group of settings',
  int: 'a whole number',
}

/** What is wrong with a setting, for whoever wrote the file; checks with words of their own keep those. */
export const sayIssue: z.core.$ZodErrorMap = (issue) => {
  switch (issue.code) {
    case 'invalid_type':
      if (issue.input === undefined) return 'is needed'
      return `must be ${ARTICLES[issue.expected] ?? `a ${issue.expected}`}`
    case 'invalid_value':
      return `must be ${issue.values.length > 1 ? 'one of ' : ''}${issue.values.map(String).join(', ')}`
    case 'too_big':
      return `must be at most ${issue.maximum}${unitOf(issue.origin)}`
    case 'too_small':
      return `must be at least ${issue.minimum}${unitOf(issue.origin)}`
    default:
      return undefined
  }
}

const unitOf = (origin: string): string => (origin === 'string' ? ' characters' : origin === 'array' ? ' of them' : '')
