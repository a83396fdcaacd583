/**
 * Whether a parameter other than `resource` occurs twice (RFC 6749 §3.1, RFC 8707 §2). One pass: anybody may send
 * thousands of names, and `getAll` for each would read all of them again.
 */
export function hasRepeatedParameter(params: URLSearchParams): boolean {
  const seen = new Set<string>()
  for (const name of params.keys()) {
    if (name !== 'resource' && seen.has(name)) return true
    seen.add(name)
  }
  return false
}
