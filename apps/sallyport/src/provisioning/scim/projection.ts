import { attempt, reject } from './scim-error.ts'
import type { ScimDenial } from './scim-error.ts'
import type { ResourceType } from './schema/attribute.ts'
import { findPath } from './schema/attribute-path.ts'
import type { AttributePath } from './schema/attribute-path.ts'

const MAX_NAMES = 50
const MAX_CHARACTERS = 2_000

/** Which attributes an answer has (RFC 7644 §3.9). */
export interface Projection {
  readonly only: readonly AttributePath[] | undefined
  readonly without: readonly AttributePath[]
}

/** Names that do not exist are left out, as an attribute without a value would be. */
export const readProjection = (
  type: ResourceType,
  { attributes, excludedAttributes }: Readonly<Record<string, string | undefined>>,
): Projection | ScimDenial =>
  attempt(() => ({
    only: attributes === undefined || attributes.trim() === '' ? undefined : readNames(type, attributes),
    without: readNames(type, excludedAttributes ?? ''),
  }))

function readNames(type: ResourceType, text: string): readonly AttributePath[] {
  const names = text.length > MAX_CHARACTERS ? [] : text.split(',')
  if (text.length > MAX_CHARACTERS || names.length > MAX_NAMES) {
    return reject('invalidValue', 'Too many attributes are named')
  }
  return names.map((name) => findPath(type, name.trim())).filter((path) => path !== undefined)
}

/** Whether any of an attribute is shown, so that what is costly need not be looked up. */
export const shows = ({ only, without }: Projection, name: string): boolean =>
  (only === undefined || only.some(({ attribute }) => attribute.name === name)) &&
  !without.some(({ attribute, sub }) => attribute.name === name && !sub)

type Json = Readonly<Record<string, unknown>>

const ALWAYS = ['id', 'schemas']

/** The part of a resource that was asked for. `id` and `schemas` are always there. */
export function project(resource: Json, projection: Projection): Json {
  const { only, without } = projection
  let shown = resource
  if (only !== undefined) {
    shown = Object.fromEntries(ALWAYS.map((name) => [name, resource[name]]))
    for (const path of only) shown = copyPath(resource, shown, path)
  }
  return without.reduce(omitPath, shown)
}

function copyPath(from: Json, to: Json, { extension, attribute, sub }: AttributePath): Json {
  if (extension !== undefined) {
    const inner = copyPath((from[extension] ?? {}) as Json, (to[extension] ?? {}) as Json, { attribute, sub })
    return Object.keys(inner).length === 0 ? to : { ...to, [extension]: inner }
  }
  const { name } = attribute
  const value = from[name]
  if (value === undefined) return to
  if (!sub) return { ...to, [name]: value }
  return { ...to, [name]: mergeSub(value, to[name], sub.name) }
}

const pick = (value: unknown, name: string): Json => {
  const picked = (value as Json)[name]
  return picked === undefined ? {} : { [name]: picked }
}

function mergeSub(value: unknown, before: unknown, name: string): unknown {
  if (!Array.isArray(value)) return { ...(before as Json | undefined), ...pick(value, name) }
  const known = (before ?? []) as readonly Json[]
  return value.map((each, index) => ({ ...known[index], ...pick(each, name) }))
}

function omitPath(resource: Json, { extension, attribute, sub }: AttributePath): Json {
  if (attribute.returned === 'always') return resource
  if (extension !== undefined) {
    const inner = resource[extension] as Json | undefined
    return inner ? { ...resource, [extension]: omitPath(inner, { attribute, sub }) } : resource
  }
  const { [attribute.name]: value, ...others } = resource
  if (value === undefined || !sub) return others
  const omit = (each: unknown) => {
    const { [sub.name]: _, ...kept } = each as Json
    return kept
  }
  return { ...others, [attribute.name]: Array.isArray(value) ? value.map(omit) : omit(value) }
}
