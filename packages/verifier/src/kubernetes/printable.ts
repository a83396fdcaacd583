/** Text that somebody else wrote, for our log: one line, cut, and without the secrets that it may repeat. */
export function printable(text: string, secrets: readonly string[] = []): string {
  const clean = secrets.reduce((said, secret) => (secret === '' ? said : said.replaceAll(secret, '[…]')), text)
  return clean.slice(0, 200).replace(/[^\x20-\x7e…]/g, '?')
}
