import type { Emulation } from './emulation.ts'
import { EntraError, missing } from './entra-error.ts'

/** Request parameters by name. A name that occurs twice is refused (RFC 6749 §3.1, §3.2). */
export interface Parameters {
  /** Absent and empty are the same (RFC 6749 §3.1). */
  find(name: string): string | undefined
  get(name: string): string
  readonly all: Readonly<Record<string, string>>
}

/** Clients that are told where Graph is name it so in scopes, too. */
const withGraphName = (scope: string, url: string): string =>
  scope.replaceAll(`${url}/graph/`, 'https://graph.microsoft.com/')

export function toParameters(search: URLSearchParams, { url }: Pick<Emulation, 'url'>): Parameters {
  const all: Record<string, string> = Object.create(null)
  for (const [name, value] of search) {
    if (name in all) throw new EntraError(90023, { detail: `The parameter '${name}' occurs twice.` })
    all[name] = name === 'scope' ? withGraphName(value, url) : value
  }
  const find = (name: string): string | undefined => all[name] || undefined
  return {
    all,
    find,
    get(name) {
      const value = find(name)
      if (value === undefined) throw missing(name)
      return value
    },
  }
}
