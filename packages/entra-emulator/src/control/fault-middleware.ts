import { setTimeout as delay } from 'node:timers/promises'
import type { Context, MiddlewareHandler } from 'hono'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import type { Emulation } from '../emulation.ts'
import { EntraError } from '../entra-error.ts'
import type { EmulatorEnv } from '../http.ts'
import type { FaultPath, OrderedFault } from './faults.ts'

function faultPathOf(path: string): FaultPath | undefined {
  if (path.startsWith('/graph/')) return 'graph'
  if (path.endsWith('/token')) return 'token'
  if (path.endsWith('/authorize')) return 'authorize'
  if (path.endsWith('/keys')) return 'keys'
  return path.endsWith('/openid-configuration') ? 'discovery' : undefined
}

export function faultMiddleware({ faults }: Emulation): MiddlewareHandler<EmulatorEnv> {
  return async (c, next) => {
    const path = faultPathOf(c.req.path)
    const fault = path && faults.take(path)
    if (fault === undefined) return next()
    if (fault.delayMs !== undefined) await delay(fault.delayMs, undefined, { signal: c.req.raw.signal }).catch(() => {})
    return misbehave(c, fault, next)
  }
}

async function misbehave(c: Context<EmulatorEnv>, fault: OrderedFault, next: () => Promise<void>) {
  switch (fault.kind) {
    case 'slow':
      return next()
    case 'drop':
      c.env.incoming.socket.destroy()
      return c.body(null)
    case 'garbage':
      return c.body('<html><body>It works!</body></html>', 200, { 'content-type': 'text/html' })
    case 'status':
      return refuse(c, fault, next)
  }
}

async function refuse(c: Context<EmulatorEnv>, fault: OrderedFault, next: () => Promise<void>) {
  if (fault.path === 'authorize' && fault.aadsts !== undefined) {
    c.set('fault', fault)
    return next()
  }
  const { aadsts, claims, suberror, retryAfterSeconds } = fault
  if (aadsts !== undefined && fault.path !== 'graph')
    throw new EntraError(aadsts, {
      ...(claims !== undefined && { claims }),
      ...(suberror !== undefined && { suberror }),
      ...(retryAfterSeconds !== undefined && { retryAfterSeconds }),
      ...(fault.status !== undefined && { status: fault.status }),
    })
  const status = (fault.status ?? (fault.path === 'graph' ? 429 : 503)) as ContentfulStatusCode
  if (retryAfterSeconds !== undefined) c.header('retry-after', String(retryAfterSeconds))
  return c.json(plainBody(fault, status), status)
}

const plainBody = ({ path }: OrderedFault, status: number) =>
  path === 'graph'
    ? { error: { code: status === 429 ? 'TooManyRequests' : 'serviceNotAvailable', message: 'A fault was ordered.' } }
    : { error: 'temporarily_unavailable', error_description: 'A fault was ordered.' }
