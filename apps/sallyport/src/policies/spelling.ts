const PLAIN = /^[\x21-\x7e]*$/
const IGNORABLE = /[\p{Default_Ignorable_Code_Point}\p{Cc}]/gu

/**
 * As the most lenient server would read a name: without case, compatibility forms, invisible characters or blanks around
 * it. Rules that deny compare so; rules that allow compare exactly.
 */
export function fold(text: string): string {
  if (PLAIN.test(text)) return text.toLowerCase()
  // Normalised again, because what stood between a letter and its accent is gone now.
  const bare = text.normalize('NFKC').replace(IGNORABLE, '').normalize('NFKC').trim()
  return bare.toUpperCase().toLowerCase() // some letters are alike only when they are large
}

/**
 * Names of JSON members as case-blind parsers compare them: beyond ASCII, only U+017F and U+212A (by toLowerCase) fold to
 * a letter of it. Those that keep text as C does end it at a NUL.
 */
export const foldMember = (name: string): string =>
  FOLDED.test(name) ? name : untilNul(name).toLowerCase().replaceAll('\u017f', 's')

/** What folding would leave as it is: nearly all names. */
const FOLDED = /^[a-z0-9_]*$/

function untilNul(name: string): string {
  const nul = name.indexOf('\0')
  return nul === -1 ? name : name.slice(0, nul)
}

/** The ways in which servers may understand a URI: as it is, decoded (twice, for those behind a proxy), resolved. */
export function spellingsOf(uri: string): readonly string[] {
  const spellings = new Set([uri])
  for (const once of [decode(uri), decode(decode(uri))]) spellings.add(once)
  for (const text of [...spellings]) {
    const slashed = text.replaceAll('\\', '/')
    spellings.add(slashed)
    if (URL.canParse(slashed)) addResolved(spellings, new URL(slashed))
    spellings.add(withoutDots(slashed))
  }
  for (const text of [...spellings]) spellings.add(withoutDots(text.replace(REPEATED_SLASHES, '/')))
  return [...spellings]
}

/** As file systems see a path; the slashes of `scheme://` stay. */
const REPEATED_SLASHES = /(?<!^[a-z][a-z0-9+.-]*:\/?)\/(?=\/)\/+/gi

function addResolved(spellings: Set<string>, url: URL): void {
  spellings.add(decode(url.href))
  if (url.username === '' && url.password === '') return
  url.username = url.password = ''
  spellings.add(decode(url.href)) // whoever asks, it is the same resource
}

/** What a server may make of a URI beyond that: rules that deny a resource deny it with any query, fragment and last slash. */
export function laxSpellingsOf(uri: string): readonly string[] {
  const spellings = spellingsOf(uri)
  const bare = spellings.map((text) => text.replace(/[?#].*$/s, ''))
  return [
    ...new Set([...spellings, ...bare, ...bare.filter((text) => text.endsWith('/')).map((text) => text.slice(0, -1))]),
  ]
}

/** As lenient servers do it: what is no escape stays, and what is no UTF-8 is replaced. */
const decode = (text: string): string =>
  text.replace(/(?:%[0-9a-f]{2})+/gi, (escapes) => Buffer.from(escapes.replaceAll('%', ''), 'hex').toString())

/** Dot segments resolved also where the URL standard leaves them, as in `scheme:a/../b`. */
function withoutDots(text: string): string {
  if (!/(?:^|[/:])\.{1,2}(?:\/|$)/.test(text)) return text
  const colon = text.indexOf(':') + 1
  const [scheme, segments] = [text.slice(0, colon), text.slice(colon).split('/')]
  const out: string[] = []
  for (const segment of segments) {
    if (segment === '..') out.pop()
    else if (segment !== '.') out.push(segment)
  }
  return scheme + out.join('/')
}
