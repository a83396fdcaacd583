import { z } from 'zod'
import { isSecureUrl } from '../http/loopback.ts'
import { AUTH_MODES, parseAuthModes, VALID_MODES } from './auth-mode.ts'

export const httpUrl = z.string().refine((text) => URL.canParse(text) && /^https?:$/.test(new URL(text).protocol), {
  error: 'must be an http(s) URL',
})

/** What is no URL, or not of http(s), is said to be so by `httpUrl`. */
export const isSecure = (text: string): boolean => !URL.canParse(text) || isSecureUrl(new URL(text))

export const INSECURE = 'must be https (http is allowed on loopback only)'
export const secureUrl = httpUrl.refine(isSecure, INSECURE)

export const origin = httpUrl.refine((text) => URL.canParse(text) && new URL(text).origin === text.replace(/\/$/, ''), {
  error: 'must be an origin: scheme, host and port, nothing after them',
})

export const secureOrigin = origin.refine(isSecure, INSECURE)

export const name = z.string().regex(/^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/, {
  error: 'must be lower-case letters, digits and dashes',
})

/** A mode, several parted by commas, or a list; in any case, as in the environment. */
export const authModes = z
  .union([z.string().meta({ examples: [...AUTH_MODES] }), z.array(z.string().meta({ examples: [...AUTH_MODES] }))], {
    error: VALID_MODES,
  })
  .transform((written, context) => {
    const parsed = parseAuthModes(written)
    if ('value' in parsed) return parsed.value
    context.addIssue({ code: 'custom', message: parsed.problem })
    return z.NEVER
  })

/** Owner of the connections that the configuration declares, unless `defaultTeamspace` names another. */
export const DECLARED_TEAMSPACE = 'default'

/** RFC 6749 §3.3. */
export const scope = z
  .string()
  .max(256)
  .regex(/^[\x21\x23-\x5b\x5d-\x7e]+$/, { error: 'must be one word of printable ASCII' })
