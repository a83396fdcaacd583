import { readFile } from 'node:fs/promises'
import { Agent, fetch as undiciFetch } from 'undici'
import type { Config } from '../config/config.ts'

/** How metadata and keys of an issuer are fetched: that of the `kubernetes` section may have an authority of its own. */
export function createIssuerFetch({ kubernetes }: Pick<Config, 'kubernetes'>, usual: typeof fetch) {
  const { issuer: declared, certificateAuthority: file } = kubernetes ?? {}
  const own = file === undefined ? undefined : fetchTrusting(file)
  return (issuer: string | undefined): typeof fetch =>
    own !== undefined && issuer !== undefined && issuer === declared ? own : usual
}

/** Reads the file for each fetch, of which there are few: a renewed authority counts at once. */
function fetchTrusting(caFile: string): typeof fetch {
  const trusting = async (url: string | URL, init: RequestInit = {}) => {
    const dispatcher = new Agent({ connect: { ca: await readFile(caFile, 'utf8') }, keepAliveTimeout: 1 })
    return undiciFetch(url, { ...(init as object), dispatcher })
  }
  return trusting as unknown as typeof fetch
}
