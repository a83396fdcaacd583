import type { Context } from 'hono'

const SAFE: ReadonlySet<string> = new Set(['GET', 'HEAD'])

/**
 * Whether a request that a cookie stands for was made by a page of ours. Requests that change something must say so,
 * whatever their content type; others must not say the opposite. Pages of other ports and sibling hosts are of the same
 * site, so that SameSite alone would let them through.
 */
export function comesFromConsole(context: Context, consoleUrl: string): boolean {
  const site = context.req.header('sec-fetch-site')
  if (SAFE.has(context.req.method)) return site === undefined || site === 'same-origin' || site === 'none'
  const origin = context.req.header('origin')
  if (origin === undefined) return site === 'same-origin'
  return origin === consoleUrl && (site === undefined || site === 'same-origin')
}
