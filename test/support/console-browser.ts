/**
 * A browser as far as the console needs one: keeps cookies of one host, and says where its requests come from. `address`:
 * where requests really go, when a proxy would stand in between.
 */
export function createConsoleBrowser(origin: string, address = origin) {
  const cookies = new Map<string, string>()

  async function open(path: string, init: RequestInit = {}) {
    const headers = new Headers(init.headers)
    if (cookies.size > 0) headers.set('cookie', [...cookies].map(([name, value]) => `${name}=${value}`).join('; '))
    const response = await fetch(new URL(path, address), { redirect: 'manual', ...init, headers })
    for (const line of response.headers.getSetCookie()) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(line)!
      if (/; Max-Age=0\b/.test(line)) cookies.delete(name!)
      else cookies.set(name!, value!)
    }
    const text = await response.text()
    const isJson = response.headers.get('content-type')?.includes('json') ?? false
    return { status: response.status, headers: response.headers, text, body: isJson ? JSON.parse(text) : undefined }
  }

  return {
    cookies,
    open,
    get: (path: string, headers: Record<string, string> = {}) => open(path, { headers }),
    /** As a page of the console does. */
    send: (method: string, path: string, body?: unknown, headers: Record<string, string> = {}) =>
      open(path, {
        method,
        headers: {
          origin,
          'sec-fetch-site': 'same-origin',
          ...(body !== undefined && { 'content-type': 'application/json' }),
          ...headers,
        },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      }),
    post(path: string, body?: unknown, headers?: Record<string, string>) {
      return this.send('POST', path, body, headers)
    },
  }
}

export type ConsoleBrowser = ReturnType<typeof createConsoleBrowser>

export const OPERATOR = { email: 'olga@sallyport.example', password: 'correct horse battery' }

export const secretOf = (link: string | undefined): string => new URL(link ?? 'http://none').hash.slice(1)

/** The first operator of an instance, signed in by the link of its start. */
export async function bootstrap(gate: { adminUrl: string; sallyport: { bootstrapLink: string | undefined } }) {
  const browser = createConsoleBrowser(gate.adminUrl)
  const answer = await browser.post('/console/bootstrap', {
    secret: secretOf(gate.sallyport.bootstrapLink),
    ...OPERATOR,
  })
  if (answer.status !== 200) throw new Error(`bootstrap: ${answer.status} ${answer.text}`)
  return browser
}
