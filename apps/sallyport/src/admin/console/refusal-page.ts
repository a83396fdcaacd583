import { createHash } from 'node:crypto'
import type { Context } from 'hono'
import { html, raw } from 'hono/html'
import type { ProvenIdentity } from '../../console-sign-in/finish-federated.ts'

interface Refused extends ProvenIdentity {
  readonly provider: string
}

interface Words {
  readonly status: 400 | 403 | 429 | 503
  readonly title: string
  readonly says: string
}

const WORDS = {
  state_lost: {
    status: 400,
    title: 'This sign-in is over',
    says: 'It took longer than ten minutes, was begun in another browser, or another one was begun after it. Begin again.',
  },
  answer_invalid: {
    status: 400,
    title: 'This sign-in did not work',
    says: 'What the identity provider sent does not belong to the sign-in that was begun here. Begin again.',
  },
  provider_refused: {
    status: 403,
    title: 'Your identity provider refused',
    says: 'It says why on its own pages; its administrators can change that. You can begin again.',
  },
  no_access: {
    status: 403,
    title: 'You have no access yet',
    says: 'You proved who you are, but no teamspace here knows you. Ask an owner or admin of your teamspace to add you as a member, with these values:',
  },
  provider_down: {
    status: 503,
    title: 'Your identity provider cannot be reached',
    says: 'That has nothing to do with you. Try again in a moment; if it lasts, tell whoever runs this Sallyport.',
  },
  too_many: { status: 429, title: 'Too many attempts', says: 'Try again in a few minutes.' },
} as const satisfies Record<string, Words>

const STYLE =
  'body{font:16px/1.5 system-ui,sans-serif;max-width:34rem;margin:15vh auto;padding:0 1rem;color-scheme:light dark}' +
  'dt{opacity:.75}dd{margin:0 0 .75rem;overflow-wrap:anywhere;font-family:ui-monospace,monospace}'
/** Without any white space of a formatter's, or its hash would be another. */
const STYLE_ELEMENT = raw(`<style>${STYLE}</style>`)
const POLICY = [
  "default-src 'none'",
  `style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'`,
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')

/** Needs no build and no script: what a person sees who cannot come in. */
export function refusalPage(context: Context, reason: keyof typeof WORDS, who?: Refused): Response | Promise<Response> {
  const { status, title, says }: Words = WORDS[reason]
  context.header('content-security-policy', POLICY)
  context.header('referrer-policy', 'no-referrer') // the address may still have the code in it
  context.header('x-frame-options', 'DENY')
  const identity = who
    ? html`<dl>
        <dt>Signed in with</dt>
        <dd>${who.provider}</dd>
        <dt>As</dt>
        <dd>${who.label ?? who.subject}</dd>
        <dt>Issuer</dt>
        <dd>${who.issuer}</dd>
        <dt>${who.issuer.startsWith('entra:') ? 'Object ID' : 'Subject'}</dt>
        <dd>${who.subject}</dd>
      </dl>`
    : ''
  const page = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width" />
        <title>${title}</title>
        ${STYLE_ELEMENT}
      </head>
      <body>
        <main>
          <h1>${title}</h1>
          <p>${says}</p>
          ${identity}
          <p><a href="/">To the sign-in page</a></p>
        </main>
      </body>
    </html>`
  return context.html(page, status)
}
