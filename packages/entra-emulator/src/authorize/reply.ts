import type { ReplyAddress } from './authorization-request.ts'

/** What the browser gets next. */
export type Reply =
  | { readonly kind: 'redirect'; readonly location: string; readonly sessionHandle?: string }
  | {
      readonly kind: 'form_post'
      readonly action: string
      readonly fields: Record<string, string>
      readonly sessionHandle?: string
    }
  | { readonly kind: 'page'; readonly page: Page; readonly sessionHandle?: string }

export type Page =
  | { readonly name: 'sign-in'; readonly userName: string; readonly problem?: string }
  | { readonly name: 'approve' }
  | { readonly name: 'consent'; readonly scopes: readonly string[] }

/** Sends an answer to the client in the way it asked for. */
export function replyTo(address: ReplyAddress, answer: Record<string, string>): Reply {
  const fields = { ...answer, ...(address.state !== undefined && { state: address.state }) }
  if (address.mode === 'form_post') return { kind: 'form_post', action: address.redirectUri, fields }
  const encoded = new URLSearchParams(fields).toString()
  // URL adds the slash to a path-less address, as Entra does.
  const location = new URL(address.redirectUri)
  if (address.mode === 'fragment') location.hash = encoded
  else location.search = location.search === '' ? encoded : `${location.search.slice(1)}&${encoded}`
  return { kind: 'redirect', location: location.href }
}

/** Gives the browser a new session with its next page or address. */
export const withSession = (reply: Reply, { sessionHandle }: { readonly sessionHandle?: string }): Reply =>
  sessionHandle === undefined ? reply : { ...reply, sessionHandle }
