/**
 * A strict parser of one challenge (RFC 9110 §11.2, §11.6.1): scheme, then auth-params separated by commas,
 * values as token or quoted-string, no parameter twice. Throws for anything else.
 */
export function parseChallenge(field: string): { scheme: string; params: Record<string, string> } {
  const reader = /([!#$%&'*+.^_`|~0-9A-Za-z-]+)/y
  const scheme = take(reader, field, 0)
  const params: Record<string, string> = {}
  let at = scheme.length
  while (at < field.length) {
    const separator = at === scheme.length ? ' ' : ', '
    if (!field.startsWith(separator, at)) throw new Error(`no separator at ${at}`)
    const name = take(reader, field, at + separator.length)
    at += separator.length + name.length
    if (field[at] !== '=') throw new Error(`no = at ${at}`)
    const written = take(/([!#$%&'*+.^_`|~0-9A-Za-z-]+|"(?:[\t !#-[\]-~]|\\[\t -~])*")/y, field, at + 1)
    at += 1 + written.length
    if (name.toLowerCase() in params) throw new Error(`${name} twice`)
    params[name.toLowerCase()] = written.startsWith('"') ? written.slice(1, -1).replace(/\\(.)/g, '$1') : written
  }
  return { scheme, params }
}

function take(pattern: RegExp, text: string, at: number): string {
  pattern.lastIndex = at
  const match = pattern.exec(text)
  if (!match) throw new Error(`unexpected ${JSON.stringify(text.slice(at, at + 10))} at ${at}`)
  return match[0]
}
