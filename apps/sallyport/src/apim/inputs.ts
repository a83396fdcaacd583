import { z } from 'zod'
import { toGuid } from '../connections/guid.ts'
import { APIM_CLOUDS } from './apim-cloud.ts'
import type { ApimCloudName } from './apim-cloud.ts'

const guid = z.string().transform((text, context) => {
  const id = toGuid(text)
  if (id !== undefined) return id
  context.addIssue({ code: 'custom', message: 'must be a GUID' })
  return z.NEVER
})

const LABEL = '[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?'
const HOST = `(?=.{1,253}(?![^:/]))(?:${LABEL}\\.)+(?!\\d+(?![^:/]))${LABEL}`
const host = z
  .string()
  .max(300)
  .toLowerCase()
  .regex(new RegExp(`^${HOST}$`), {
    error: 'must be a host name alone: gateway.example.com, without https:// or a slash',
  })

const BACKEND = new RegExp(`^(https://${HOST}(?::[1-9]\\d{0,4})?)((?:/[A-Za-z0-9_~.-]+)*)/?$`)
const backend = z
  .string()
  .max(500)
  .transform((text, context) => {
    const [, origin = '', pathname = ''] = BACKEND.exec(text) ?? []
    // What URL makes of it must be what was written: dot segments and ports above 65535 are not.
    if (URL.canParse(origin + pathname) && new URL(origin + pathname).href === origin + (pathname || '/')) {
      return { origin, path: pathname || '/mcp/oauth' }
    }
    context.addIssue({ code: 'custom', message: 'must be an https URL in lower case, without query or user name' })
    return z.NEVER
  })

/** Letters of every script, quotes and symbols; not what is invisible or turns the direction of what follows. */
const publisherName = z.string().regex(/^[\p{L}\p{N}][^\p{C}\p{Zl}\p{Zp}]{0,99}$/u, {
  error: 'must be one line of 1 to 100 visible characters that begins with a letter or a digit',
})

const EMAIL = new RegExp(`^[A-Za-z0-9][A-Za-z0-9._%+'-]{0,63}@${HOST}$`, 'i')

const apimInputs = z
  .strictObject({
    tenant: guid,
    gatewayClientId: guid,
    apiClientId: guid,
    host,
    backend,
    publisherEmail: z.string().max(254).regex(EMAIL, { error: 'must be an e-mail address' }),
    publisherName,
    cloud: z.enum(Object.keys(APIM_CLOUDS) as [ApimCloudName, ...ApimCloudName[]]).default('global'),
    apiPath: z
      .string()
      .max(40)
      .regex(/^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/, { error: 'must be one path segment, such as context7' })
      .default('context7'),
    scope: z
      .string()
      .regex(/^[A-Za-z][A-Za-z0-9._-]{0,119}$/, { error: 'must be one word, such as Mcp.Gateway.Access' })
      .default('Mcp.Gateway.Access'),
  })
  .superRefine(({ gatewayClientId, apiClientId }, context) => {
    if (gatewayClientId !== apiClientId) return
    const message = 'must not be the gateway itself: Entra exchanges a token for another API'
    context.addIssue({ code: 'custom', path: ['apiClientId'], message })
  })

/** Checked: nothing in it can end a literal of XML, C#, Bicep or bash but the quotes of the publisher. */
export type ApimInputs = z.output<typeof apimInputs>
export type RawApimInputs = Partial<Record<keyof ApimInputs, string>>
export interface InputProblem {
  readonly input: string
  readonly says: string
}

/** Every problem at once, and never the value itself: a terminal would obey what hides in it. */
export function toApimInputs(raw: RawApimInputs): ApimInputs | { readonly problems: readonly InputProblem[] } {
  const { success, data, error } = apimInputs.safeParse(raw)
  if (success) return data
  return { problems: error.issues.map(({ path: [input], message }) => ({ input: String(input ?? ''), says: message })) }
}
