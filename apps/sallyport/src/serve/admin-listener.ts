import type { RequestListener } from 'node:http'
import { nextAuditId } from '../audit/audit-id.ts'

/** The admin side behind its Host and Origin checks: a page in a browser can neither rebind to it nor post to it. */
export function createAdminListener(listener: RequestListener, hosts: ReadonlySet<string>): RequestListener {
  return (request, response) => {
    const { host = '', origin } = request.headers
    response.setHeader('x-request-id', nextAuditId(Date.now()))
    const sameOrigin = origin === undefined || (URL.canParse(origin) && new URL(origin).host === host.toLowerCase())
    if (hosts.has(host.toLowerCase()) && sameOrigin) return listener(request, response)
    response.writeHead(403, { 'content-type': 'text/plain' }).end('This Host or Origin is not served here\n')
  }
}
