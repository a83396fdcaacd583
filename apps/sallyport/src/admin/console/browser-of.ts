import type { HttpBindings } from '@hono/node-server'
import type { Context } from 'hono'
import type { Browser } from '../../console-sign-in/signed-in.ts'
import type { ConsoleDeps } from './console-deps.ts'
import { cookiesOf } from './cookies.ts'

export interface Visit {
  readonly browser: Browser
  /** What limits of addresses count; undefined for this machine. */
  readonly countedAs: string | undefined
}

/** Who is there, as far as a connection and its headers tell. */
export function visitOf(context: Context, { url, addressOf }: Pick<ConsoleDeps, 'url' | 'addressOf'>): Visit {
  const { incoming } = (context.env ?? {}) as Partial<HttpBindings>
  const address = incoming && addressOf(incoming)
  const agent = context.req.header('user-agent')?.replace(/[^\x20-\x7e]/g, '?')
  const previous = cookiesOf(url).read(context.req.header('cookie'), 'session')
  return { browser: { address: address?.text, agent, previous }, countedAs: address?.countedAs }
}
