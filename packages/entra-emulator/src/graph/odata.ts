import type { Entity } from './entities.ts'
import { badRequest, unsupported } from './graph-error.ts'

const DEFAULT_PAGE = 100
const MAX_PAGE = 999
const SUPPORTED: readonly string[] = ['$top', '$select', '$count', '$skiptoken']

export interface ODataRequest {
  /** Address of the call as the client sees it. */
  readonly url: URL
  /** `ConsistencyLevel: eventual` and `$count=true`: what Graph calls an advanced query. */
  readonly advanced: boolean
}

export function readODataRequest(url: URL, consistencyLevel: string | undefined): ODataRequest {
  for (const name of url.searchParams.keys())
    if (name.startsWith('$') && !SUPPORTED.includes(name)) throw unsupported(`The emulator does not know ${name}.`)
  const eventual = consistencyLevel?.toLowerCase() === 'eventual'
  return { url, advanced: eventual && url.searchParams.get('$count') === 'true' }
}

export function checkCast({ advanced }: ODataRequest): void {
  if (!advanced) throw unsupported('An OData cast needs ConsistencyLevel: eventual and $count=true.')
}

/** `@odata.` members always stay; `id` only when asked, as for any other property. */
export function select(entity: Entity, { url }: ODataRequest): Entity {
  const wanted = url.searchParams.get('$select')?.split(',')
  if (wanted === undefined) return entity
  return Object.fromEntries(
    Object.entries(entity).filter(([name]) => name.startsWith('@odata.') || wanted.includes(name)),
  )
}

export function checkSelect({ url }: ODataRequest, known: readonly string[]): void {
  const strange = url.searchParams
    .get('$select')
    ?.split(',')
    .find((name) => !known.includes(name))
  if (strange !== undefined) throw badRequest(`Could not find a property named '${strange}'.`)
}

export function toPage(entities: readonly Entity[], request: ODataRequest) {
  const size = readTop(request.url)
  const from = readSkip(request.url)
  const next = new URL(request.url)
  next.searchParams.set('$skiptoken', Buffer.from(String(from + size)).toString('base64url'))
  return {
    ...(request.advanced && from === 0 && { '@odata.count': entities.length }),
    ...(from + size < entities.length && { '@odata.nextLink': next.href }),
    value: entities.slice(from, from + size).map((entity) => select(entity, request)),
  }
}

function readTop(url: URL): number {
  const top = url.searchParams.get('$top') ?? String(DEFAULT_PAGE)
  if (!/^[1-9]\d{0,2}$/.test(top)) throw badRequest(`$top must be between 1 and ${MAX_PAGE}.`)
  return Number(top)
}

function readSkip(url: URL): number {
  const token = url.searchParams.get('$skiptoken')
  const from = token === null ? '0' : Buffer.from(token, 'base64url').toString('latin1')
  if (!/^\d{1,9}$/.test(from)) throw badRequest('$skiptoken is not valid.')
  return Number(from)
}
