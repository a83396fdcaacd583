/** A word is an attribute path, an operator or a literal; which one, its place says. */
export type Token =
  | { readonly kind: '(' | ')' | '[' | ']' }
  | { readonly kind: 'word'; readonly text: string }
  | { readonly kind: 'string'; readonly text: string }

const BLANK = /[ \t]+/y
const WORD = /[\w$.:+-]+/y
const STRING = /"(?:[^"\\]|\\.)*"/y

/** Undefined when the text cannot be a filter. Linear in its length: each expression is sticky and cannot backtrack. */
export function tokenize(text: string): Token[] | undefined {
  const tokens: Token[] = []
  let at = 0
  const take = (expression: RegExp): string | undefined => {
    expression.lastIndex = at
    const found = expression.exec(text)?.[0]
    at += found?.length ?? 0
    return found
  }
  while (at < text.length) {
    if (take(BLANK) !== undefined) continue
    const character = text[at]!
    if ('()[]'.includes(character)) {
      tokens.push({ kind: character as '(' })
      at += 1
      continue
    }
    const literal = take(STRING)
    const word = literal === undefined ? take(WORD) : undefined
    const token = literal === undefined ? word && ({ kind: 'word', text: word } as const) : toString(literal)
    if (!token) return undefined
    tokens.push(token)
  }
  return tokens
}

/** As in JSON. What no database can store cannot be looked for either. */
function toString(literal: string): Token | undefined {
  try {
    const text = JSON.parse(literal) as string
    return isStorable(text) ? { kind: 'string', text } : undefined
  } catch {
    return undefined
  }
}

/** Postgres has neither U+0000 nor lone surrogates. */
export const isStorable = (text: string): boolean => text.isWellFormed() && !text.includes('\0')
