export interface Person {
  readonly email: string
  /** Typed into the sign-in page. Without it the sign-in is silent, which only the emulator allows. */
  readonly password?: string
}

const MAX_STEPS = 12

/**
 * A browser as far as a sign-in needs one: follows redirects, keeps cookies, fills the forms it is shown. Answers the
 * address that the authorization server sent the person back to, which is for the client to visit.
 */
export async function signInAt(authorizationUrl: URL, person: Person): Promise<URL> {
  const redirectUri = authorizationUrl.searchParams.get('redirect_uri')
  const cookies = new Map<string, string>()
  let [url, form] = [firstAddress(authorizationUrl, person), undefined as URLSearchParams | undefined]

  for (let step = 0; step < MAX_STEPS; step++) {
    const response = await fetch(url, {
      redirect: 'manual',
      headers: { cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; ') },
      ...(form && { method: 'POST', body: form }),
    })
    for (const cookie of response.headers.getSetCookie()) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(cookie)!
      cookies.set(name!, value!)
    }
    const page = await response.text()
    const location = response.headers.get('location')
    if (location !== null) [url, form] = [new URL(location, url), undefined]
    else [url, form] = fillForm(page, url, person)
    if (url.href.startsWith(`${redirectUri}?`)) return url
  }
  throw new Error(`the sign-in does not end: ${url}`)
}

function firstAddress(authorizationUrl: URL, { email, password }: Person): URL {
  const url = new URL(authorizationUrl)
  if (password !== undefined) return url
  url.searchParams.set('login_hint', email)
  url.searchParams.set('prompt', 'none')
  return url
}

function fillForm(page: string, url: URL, { email, password = '' }: Person): [URL, URLSearchParams] {
  const action = /<form method="post" action="([^"]+)"/.exec(page)?.[1]
  const decision = /name="emulator_decision" value="([^"]+)" class="main"/.exec(page)?.[1]
  if (action === undefined || decision === undefined) throw new Error(`${url} shows no form:\n${page}`)
  const fields = { emulator_username: email, emulator_password: password }
  const isSignIn = page.includes('emulator_password')
  return [
    new URL(action.replaceAll('&amp;', '&'), url),
    new URLSearchParams({ ...(isSignIn && fields), emulator_decision: decision }),
  ]
}
