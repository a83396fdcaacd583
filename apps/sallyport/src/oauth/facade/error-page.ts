import { createHash } from 'node:crypto'
import { html, raw } from 'hono/html'

const STYLE = `
  body { margin: 0; min-height: 100vh; display: grid; place-items: center; background: #f4f5f7; color: #1d2433;
         font: 16px/1.5 system-ui, sans-serif; }
  main { max-width: 30rem; margin: 1rem; padding: 2rem; background: #fff; border: 1px solid #d9dee7; border-radius: 12px; }
  h1 { margin: 0 0 1rem; font-size: 1.4rem; }
  code { padding: .1rem .4rem; background: #eef0f4; border-radius: 4px; }
  @media (prefers-color-scheme: dark) {
    body { background: #14171d; color: #e6e9ef; } main { background: #1d2129; border-color: #323845; } code { background: #2a303b; }
  }
`

/** Nothing but this page's own style: no script, no frame around it, no form. */
export const ERROR_PAGE_POLICY = {
  defaultSrc: ["'none'"],
  styleSrc: [`'sha256-${createHash('sha256').update(STYLE).digest('base64')}'`],
  frameAncestors: ["'none'"],
}

/** What a person sees when a sign-in cannot go on and there is no redirect URI to trust. */
export const errorPage = (error: string, says: string) =>
  html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width" />
        <title>Sign-in stopped</title>
        ${raw(`<style>${STYLE}</style>`)}
      </head>
      <body>
        <main>
          <h1>Sign-in stopped</h1>
          <p>${says}</p>
          <p>Go back to your MCP client and try again, or show this page to whoever runs the service.</p>
          <p><code>${error}</code></p>
        </main>
      </body>
    </html>`
