const MAX_LENGTH = 500
/** Any: it only has to be the same before and after. */
const BASE = 'https://console.invalid'
/** What is there answers programs, or signs somebody in. */
const NOT_PAGES = /^\/(?:console|api|scim|v2|metrics|healthz)(?:\/|$)/

/** A path of the console to go back to; its beginning for whatever is none, or leads elsewhere in some browser. */
export function toReturnPath(text: string | undefined): string {
  if (text === undefined || text.length > MAX_LENGTH || !/^\/[\x21-\x5b\x5d-\x7e]*$/.test(text)) return '/'
  const url = URL.parse(text, BASE)
  if (url === null || url.origin !== BASE || NOT_PAGES.test(url.pathname)) return '/'
  const path = `${url.pathname}${url.search}${url.hash}`
  return path.startsWith('//') ? '/' : path // `/.//evil.example` is `//evil.example` once its dots are gone
}
