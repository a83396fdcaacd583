import type { RequestListener } from 'node:http'
import { nextAuditId } from '../audit/audit-id.ts'

/** The admin side behind its Host and Origin checks: a page in a browser can neither rebind to it nor post to it. */
export function createAdminListener(
  listener: RequestListener,
  hosts: ReadonlySet<string>,
  consoleUrl?: string,
): RequestListener {
  return (request, response) => {
    const { host = '', origin } = request.headers
    response.setHeader('x-request-id', nextAuditId(Date.now()))
    // A proxy may change the Host, but never the Origin.
    const isOwn = origin === undefined || origin === consoleUrl || hostOf(origin) === host.toLowerCase()
    if (hosts.has(host.toLowerCase()) && isOwn) return listener(request, response)
    response.writeHead(403, { 'content-type': 'text/plain' }).end('This Host or Origin is not served here\n')
  }
}

const hostOf = (origin: string): string | undefined => URL.parse(origin)?.host
