import { z } from 'zod'

const LOOPBACK = new Set(['127.0.0.1', 'localhost', '[::1]'])

/** Whether a URL's host never leaves this machine. */
export const isLoopback = (url: URL): boolean => LOOPBACK.has(url.hostname)

export const httpUrl = z.string().refine((text) => URL.canParse(text) && /^https?:$/.test(new URL(text).protocol), {
  error: 'must be an http(s) URL',
})

export function isSecure(text: string): boolean {
  if (!URL.canParse(text)) return true // said already
  const url = new URL(text)
  return url.protocol === 'https:' || isLoopback(url)
}

export const INSECURE = 'must be https (http is allowed on loopback only)'
export const secureUrl = httpUrl.refine(isSecure, INSECURE)

export const name = z.string().regex(/^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/, {
  error: 'must be lower-case letters, digits and dashes',
})

/** Owner of the connections that the configuration declares, unless `defaultTeamspace` names another. */
export const DECLARED_TEAMSPACE = 'default'
