import { randomBytes } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import { builtAtOf, loadBuild } from './load-build.ts'
import type { Build, BuiltFile } from './load-build.ts'
import { ASSET_HEADERS, pageHeaders } from './page-headers.ts'

/** Where `npm run build:console` leaves it. */
const BUILD_FOLDER = fileURLToPath(new URL('../../../console/dist', import.meta.url))

const NONCE_PLACE = '__CSP_NONCE__'
const YEAR_SECONDS = 31_536_000
/** What answers programs, and never with a page. */
const NOT_PAGES = /^\/(?:api|console|scim|v2|metrics|healthz|\.well-known)(?:\/|$)/

/** A page or a part of one; undefined for what is neither. */
export type ServePages = (request: Request) => Promise<Response | undefined>

/**
 * The console's own build. Every path that a browser opens as a page is the one page that there is, which finds out by
 * itself what to show.
 */
export function createServePages(folder = BUILD_FOLDER): ServePages {
  const current = createCurrentBuild(folder)
  return async (request) => {
    if (request.method !== 'GET' && request.method !== 'HEAD') return undefined
    const { pathname } = new URL(request.url)
    if (NOT_PAGES.test(pathname)) return undefined
    const isPage = request.headers.get('accept')?.includes('text/html') ?? false
    const build = await current(isPage)
    const file = build?.files.get(pathname)
    if (file) return answerFile(file, request)
    return isPage ? answerPage(build) : undefined
  }
}

/** Read once, and again when a page is opened after another build. */
function createCurrentBuild(folder: string): (isFresh: boolean) => Promise<Build | undefined> {
  let loading: Promise<Build | undefined> | undefined
  const load = () =>
    (loading = loadBuild(folder).catch((error: unknown) => ((loading = undefined), Promise.reject(error))))
  return async (isFresh) => {
    const build = await (loading ?? load())
    return isFresh && build?.builtAt !== (await builtAtOf(folder)) ? load() : build
  }
}

function answerPage(build: Build | undefined): Response {
  const nonce = randomBytes(16).toString('base64')
  const headers = { ...pageHeaders(nonce), 'content-type': 'text/html; charset=utf-8' }
  if (!build) return new Response(NO_BUILD, { status: 503, headers })
  return new Response(build.index.replaceAll(NONCE_PLACE, nonce), { headers })
}

const NO_BUILD = `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>The console is not built</title></head>
<body><h1>The console is not built</h1>
<p>Run <code>npm run build:console</code>, and open this page again.</p></body></html>
`

function answerFile(
  { bytes, gzipped, type, etag, isHashed }: BuiltFile,
  { headers: asked, method }: Request,
): Response {
  const isGzipped =
    gzipped !== undefined && /\bgzip\b(?!\s*;\s*q=0(?:\.0*)?(?:,|$))/.test(asked.get('accept-encoding') ?? '')
  // A representation of its own has an entity tag of its own (RFC 9110 §8.8.3.3).
  const ownTag = isGzipped ? etag.replace(/"$/, '-gzip"') : etag
  const headers: Record<string, string> = {
    ...ASSET_HEADERS,
    'content-type': type,
    etag: ownTag,
    'cache-control': isHashed ? `public, max-age=${YEAR_SECONDS}, immutable` : 'no-cache',
    ...(gzipped && { vary: 'accept-encoding' }),
    ...(isGzipped && { 'content-encoding': 'gzip' }),
  }
  if (isKnown(asked.get('if-none-match'), ownTag)) return new Response(null, { status: 304, headers })
  const body = isGzipped ? gzipped : bytes
  headers['content-length'] = String(body.byteLength)
  return new Response(method === 'HEAD' ? null : body, { headers })
}

const isKnown = (header: string | null, etag: string): boolean =>
  header?.split(',').some((tag) => tag.trim().replace(/^W\//, '') === etag) ?? false
