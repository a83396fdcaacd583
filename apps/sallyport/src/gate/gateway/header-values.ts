/** The values that a header came with, in order. Node joins repeated ones; here two must stay two. */
export function headerValues(rawHeaders: readonly string[], name: string): string[] {
  const values: string[] = []
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const raw = rawHeaders[index]!
    if (raw.length === name.length && raw.toLowerCase() === name) values.push(rawHeaders[index + 1]!)
  }
  return values
}
