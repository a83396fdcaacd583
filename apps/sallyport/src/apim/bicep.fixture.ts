const TOKEN =
  /[ \n]+|\/\/[^\n]*|[A-Za-z_][A-Za-z0-9_]*|\d+|(?<open>[{([])|(?<close>[})\]])|[=:.]|'(?<text>(?:[^'\\$\n\r]|\$(?!\{)|\\[\\'nrt$])*)'(?!')/y

const CLOSES: Readonly<Record<string, string>> = { '{': '}', '(': ')', '[': ']' }
const ESCAPES: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t' }

/** All tokens of a Bicep file, strings decoded behind a quote. Throws at what is not one, such as an interpolation. */
export function bicepTokens(source: string): string[] {
  const tokens: string[] = []
  const open: string[] = []
  for (let at = 0; at < source.length;) {
    TOKEN.lastIndex = at
    const found = TOKEN.exec(source)
    if (!found) throw new SyntaxError(`not Bicep: ${source.slice(at, at + 40)}`)
    at += found[0].length
    const { text, open: opening, close } = found.groups ?? {}
    if (opening) open.push(CLOSES[opening]!)
    if (close && open.pop() !== close) throw new SyntaxError(`unbalanced ${close}`)
    if (text !== undefined) tokens.push(`'${text.replace(/\\(.)/g, (_, letter) => ESCAPES[letter] ?? letter)}`)
    else if (!/^(?:\s|\/\/)/.test(found[0])) tokens.push(found[0])
  }
  if (open.length > 0) throw new SyntaxError('something is left open')
  return tokens
}
