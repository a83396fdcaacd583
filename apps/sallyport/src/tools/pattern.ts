/** Whether a text is meant by a pattern, in which `*` stands for any run of characters and all else for itself. */
export type Matcher = (text: string) => boolean

/** Made without regular expressions: a pattern costs at most its pieces times the text. */
export function matcher(pattern: string): Matcher {
  const [first = '', ...rest] = pattern.split('*')
  if (rest.length === 0) return (text) => text === pattern
  const last = rest.pop()!
  const middle = rest.filter((piece) => piece !== '')
  const least = first.length + last.length
  return (text) => {
    if (text.length < least || !text.startsWith(first) || !text.endsWith(last)) return false
    let at = first.length
    for (const piece of middle) {
      const found = text.indexOf(piece, at)
      if (found === -1) return false
      at = found + piece.length
    }
    return at <= text.length - last.length
  }
}

export const isGlob = (pattern: string): boolean => pattern.includes('*')

/** Whether one of the patterns means the text. Exact ones cost one look, however many there are. */
export function anyOf(patterns: readonly string[]): Matcher {
  const exact = new Set(patterns.filter((pattern) => !isGlob(pattern)))
  const globs = patterns.filter(isGlob).map(matcher)
  if (globs.length === 0) return (text) => exact.has(text)
  return (text) => exact.has(text) || globs.some((matches) => matches(text))
}
