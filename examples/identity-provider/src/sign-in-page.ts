import type { ServerResponse } from 'node:http'
import type { User } from './provider.ts'

const STYLE =
  'body{font:16px/1.5 system-ui;max-width:24rem;margin:15vh auto;padding:0 1rem}' +
  'button{font:inherit;display:block;width:100%;margin:.5rem 0;padding:.6rem;text-align:left}'

/** Everybody may be anybody here, so there is no password to type. */
export function sendSignInPage(response: ServerResponse, users: readonly User[], clientName: string): void {
  const choices = users.map(
    ({ sub, email }) => `<button name="sub" value="${escapeHtml(sub)}">${escapeHtml(email)}</button>`,
  )
  response.writeHead(200, {
    'content-type': 'text/html; charset=utf-8',
    'cache-control': 'no-store',
    'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
  })
  response.end(`<!doctype html>
<html lang="en">
<meta name="viewport" content="width=device-width">
<title>Who are you?</title>
<style>${STYLE}</style>
<h1>Who are you?</h1>
<p>“${escapeHtml(clientName)}” wants to act for you. These people are made up; choose one.</p>
<form method="post">${choices.join('\n')}</form>
</html>
`)
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

const escapeHtml = (text: string) => text.replace(/[&<>"']/g, (character) => ENTITIES[character]!)
