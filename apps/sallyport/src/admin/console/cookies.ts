/** Cookies of one origin. */
export interface Cookies {
  /** The value, when the browser sent exactly one of this name: of two, one was put there by somebody else. */
  read(header: string | undefined, name: CookieName): string | undefined
  set(name: CookieName, value: string, maxAgeSeconds: number): string
  clear(name: CookieName): string
}

export type CookieName = 'session' | 'login'

const PLAIN: Readonly<Record<CookieName, string>> = { session: 'sallyport_session', login: 'sallyport_login' }
/** Browsers take these names from this very host only, over https, for all paths (RFC 6265bis §4.1.3.2). */
const HOST: Readonly<Record<CookieName, string>> = { session: '__Host-sallyport', login: '__Host-sallyport-login' }

export function cookiesOf(consoleUrl: string): Cookies {
  const isSecure = consoleUrl.startsWith('https:') // http is loopback: the configuration sees to it
  const names = isSecure ? HOST : PLAIN
  // Lax, since people come back from their identity provider, and from links in mails.
  const attributes = `Path=/; HttpOnly; SameSite=Lax${isSecure ? '; Secure' : ''}`
  return {
    read(header = '', name) {
      const values = header.split(';').flatMap((pair) => {
        const [key, ...rest] = pair.split('=')
        return key!.trim() === names[name] ? [rest.join('=').trim()] : []
      })
      return values.length === 1 ? values[0] : undefined
    },
    set: (name, value, maxAgeSeconds) => `${names[name]}=${value}; ${attributes}; Max-Age=${Math.floor(maxAgeSeconds)}`,
    clear: (name) => `${names[name]}=; ${attributes}; Max-Age=0`,
  }
}
