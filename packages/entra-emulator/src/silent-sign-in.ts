/**
 * Plays the browser for a test: signs `userName` in at an authorization URL of the emulator, without a page,
 * and answers with the address that the browser would be sent to next.
 *
 * @example
 * const back = await signInSilently(authorizationUrl, 'ada@acme.example')
 * back.searchParams.get('code')
 */
export async function signInSilently(authorizationUrl: string | URL, userName: string): Promise<URL> {
  const url = new URL(authorizationUrl)
  url.searchParams.set('prompt', 'none')
  url.searchParams.set('login_hint', userName)
  const response = await fetch(url, { redirect: 'manual' })
  const location = response.headers.get('location')
  if (location !== null) return new URL(location)
  throw new Error(`The emulator showed a page instead (${response.status}): ${problemOf(await response.text())}`)
}

const problemOf = (page: string): string => /AADSTS[^<]*/.exec(page)?.[0] ?? page.slice(0, 200)
