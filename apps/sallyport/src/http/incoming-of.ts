import type { HttpBindings } from '@hono/node-server'
import type { Context } from 'hono'

/** The request as it came by the socket; undefined where there is none, as in tests of routes. */
export const incomingOf = ({ env }: Context<any>) => (env as Partial<HttpBindings> | undefined)?.incoming
