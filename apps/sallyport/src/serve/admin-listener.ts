import type { RequestListener } from 'node:http'

/** The admin side behind its Host and Origin checks: a page in a browser can neither rebind to it nor post to it. */
export function createAdminListener(listener: RequestListener, hosts: ReadonlySet<string>): RequestListener {
  return (request, response) => {
    const { host = '', origin } = request.headers
    const sameOrigin = origin === undefined || (URL.canParse(origin) && new URL(origin).host === host.toLowerCase())
    if (hosts.has(host.toLowerCase()) && sameOrigin) return listener(request, response)
    response.writeHead(403, { 'content-type': 'text/plain' }).end('This Host or Origin is not served here\n')
  }
}
