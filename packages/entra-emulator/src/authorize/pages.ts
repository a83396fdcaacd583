import { createHash } from 'node:crypto'
import { html, raw } from 'hono/html'
import type { HtmlEscapedString } from 'hono/utils/html'
import type { AuthorizationRequest } from './authorization-request.ts'
import type { Page } from './reply.ts'

type Html = HtmlEscapedString | Promise<HtmlEscapedString>

const STYLE = `
:root{color-scheme:light dark;--ink:#1c2430;--soft:#5d6878;--line:#d5dbe3;--card:#fff;--back:#eef2f6;--act:#1f5fbf;--bad:#b3261e}
@media(prefers-color-scheme:dark){:root{--ink:#e8edf3;--soft:#9fabba;--line:#39434f;--card:#1b222b;--back:#11161c;--act:#5b9bf5;--bad:#ff8a80}}
*{box-sizing:border-box}body{margin:0;min-height:100vh;display:grid;place-items:center;background:var(--back);color:var(--ink);font:16px/1.5 system-ui,sans-serif}
main{width:min(27rem,100vw - 2rem);margin:1.5rem 0;padding:2rem;background:var(--card);border:1px solid var(--line);border-radius:.75rem}
.brand{margin:0 0 1rem;color:var(--soft);font-size:.85rem}h1{margin:0 0 1rem;font-size:1.4rem;line-height:1.25}p{margin:.5rem 0}
label{display:block;margin:1rem 0 .25rem;font-weight:600;font-size:.9rem}
input{width:100%;padding:.6rem .7rem;font:inherit;color:inherit;background:transparent;border:1px solid var(--line);border-radius:.4rem}
input:focus-visible,button:focus-visible,a:focus-visible{outline:3px solid var(--act);outline-offset:1px}
.users{list-style:none;margin:1rem 0;padding:0;border:1px solid var(--line);border-radius:.5rem;overflow:hidden}.users li+li{border-top:1px solid var(--line)}
.users a{display:block;padding:.55rem .8rem;color:inherit;text-decoration:none}.users a:hover{background:var(--back)}.users small{display:block;color:var(--soft)}
.problem{padding:.6rem .8rem;border-left:4px solid var(--bad);color:var(--bad);overflow-wrap:anywhere}.actions{display:flex;gap:.75rem;justify-content:flex-end;margin-top:1.5rem}
button{padding:.6rem 1.2rem;font:inherit;font-weight:600;color:var(--ink);background:transparent;border:1px solid var(--line);border-radius:.4rem;cursor:pointer}
button.main{color:#fff;background:#1f5fbf;border-color:#1f5fbf}.hint{color:var(--soft);font-size:.85rem;overflow-wrap:anywhere}`

/** Made here, because the policy names the hash of exactly this content: no formatter may add a space. */
const STYLE_ELEMENT = raw(`<style>${STYLE}</style>`)
const styleHash = createHash('sha256').update(STYLE).digest('base64')

/** No `form-action`: browsers apply it to redirects too, and the last hop is the client's own address. */
export const PAGE_HEADERS: Readonly<Record<string, string>> = {
  'content-security-policy': `default-src 'none'; style-src 'sha256-${styleHash}'; base-uri 'none'; frame-ancestors 'none'`,
  'x-frame-options': 'DENY',
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cache-control': 'no-store',
}

const layout = (title: string, body: Html): Html =>
  html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${title}</title>
        ${STYLE_ELEMENT}
      </head>
      <body>
        <main>
          <p class="brand">Entra emulator: not a real sign-in, type no real password</p>
          ${body}
        </main>
      </body>
    </html>`

/** `here` is the path and query of this very request: forms post back to it, so nothing has to be remembered. */
export function renderPage(page: Page, request: AuthorizationRequest, here: URL): Html {
  switch (page.name) {
    case 'sign-in':
      return signInPage(request, here, page.userName, page.problem)
    case 'approve':
      return approvePage(request, here)
    case 'consent':
      return consentPage(request, here, page.scopes)
  }
}

const target = (here: URL): string => here.pathname + here.search

function withHint(here: URL, userName: string): string {
  const link = new URL(here)
  link.searchParams.set('login_hint', userName)
  return target(link)
}

function signInPage({ tenant, client }: AuthorizationRequest, here: URL, userName: string, problem?: string): Html {
  const users = tenant.users.map(
    (user) =>
      html`<li>
        <a href="${withHint(here, user.userPrincipalName)}"
          >${user.displayName}<small>${user.userPrincipalName}</small></a
        >
      </li>`,
  )
  return layout(
    `Sign in to ${tenant.displayName}`,
    html`<h1>Sign in to ${tenant.displayName}</h1>
      <p>to continue to <strong>${client.displayName}</strong></p>
      ${problem === undefined ? '' : html`<p class="problem" role="alert">${problem}</p>`}
      <form method="post" action="${target(here)}">
        <label for="username">User name</label>
        <input
          id="username"
          name="emulator_username"
          value="${userName}"
          autocomplete="username"
          ${userName === '' ? raw('autofocus') : ''}
        />
        <label for="password">Password</label>
        <input
          id="password"
          name="emulator_password"
          type="password"
          autocomplete="current-password"
          ${userName === '' ? '' : raw('autofocus')}
        />
        <div class="actions">
          <button name="emulator_decision" value="sign-in" class="main">Sign in</button>
          <button name="emulator_decision" value="cancel" formnovalidate>Cancel</button>
        </div>
      </form>
      <p>Or pick somebody:</p>
      <ul class="users">
        ${users}
      </ul>
      <p class="hint">Passwords are in the seed file.</p>`,
  )
}

function approvePage({ tenant }: AuthorizationRequest, here: URL): Html {
  return layout(
    'Approve sign-in',
    html`<h1>Approve the sign-in</h1>
      <p>${tenant.displayName} asks for a second factor. This button stands for it.</p>
      ${decide(here, 'approve', 'Approve')}`,
  )
}

function consentPage({ client }: AuthorizationRequest, here: URL, scopes: readonly string[]): Html {
  return layout(
    'Permissions requested',
    html`<h1>Permissions requested</h1>
      <p><strong>${client.displayName}</strong> would like to use:</p>
      <ul>
        ${scopes.map((scope) => html`<li>${scope}</li>`)}
      </ul>
      ${decide(here, 'accept', 'Accept')}`,
  )
}

const decide = (here: URL, decision: string, label: string): Html =>
  html`<form method="post" action="${target(here)}">
    <div class="actions">
      <button name="emulator_decision" value="${decision}" class="main">${label}</button>
      <button name="emulator_decision" value="cancel">Cancel</button>
    </div>
  </form>`

export const errorPage = (message: string): Html =>
  layout(
    'Sign-in failed',
    html`<h1>Sorry, signing you in failed</h1>
      <p class="problem" role="alert">${message}</p>`,
  )

export const signedOutPage = (): Html => layout('Signed out', html`<h1>You signed out</h1>`)

/** Without scripts the person presses the button that Entra's page presses itself. */
export function formPostPage(action: string, fields: Record<string, string>): Html {
  const inputs = Object.entries(fields).map(
    ([name, value]) => html`<input type="hidden" name="${name}" value="${value}" />`,
  )
  return layout(
    'Continue',
    html`<h1>Almost there</h1>
      <form method="post" action="${action}">
        ${inputs}
        <div class="actions"><button class="main">Continue</button></div>
      </form>`,
  )
}
