import type { Context } from 'hono'
import type { ServePages } from '../../console-pages/serve-pages.ts'
import { isLoopbackHost } from '../../http/loopback.ts'
import type { ConsoleDeps } from './console-deps.ts'

/** What a browser is shown where no route answers; undefined when it did not ask for a page, or a part of one. */
export async function answerPage(
  context: Context,
  { url, pages }: Pick<ConsoleDeps, 'url'> & { readonly pages: ServePages },
): Promise<Response | undefined> {
  const answer = await pages(context.req.raw)
  if (!answer?.headers.get('content-type')?.startsWith('text/html')) return answer
  const own = new URL(url)
  if (!isLoopbackHost(own.hostname) || context.req.header('host') === own.host) return answer
  // This machine has several names, and cookies are of one: without this, people come back from their identity provider
  // to another host than they left. Behind a proxy the Host may be any.
  const { pathname, search } = new URL(context.req.url)
  return context.redirect(`${own.origin}${pathname}${search}`, 307)
}
