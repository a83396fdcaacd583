import { z } from 'zod'
import { EntraError } from './entra-error.ts'

const wish = z
  .object({ essential: z.boolean().optional(), value: z.string().optional(), values: z.array(z.string()).optional() })
  .nullable()
const claimsSchema = z.object({ access_token: z.record(z.string(), wish).optional() })

/** What the `claims` parameter (OpenID Connect Core §5.5) asks of the sign-in and of the access token. */
export interface WantedClaims {
  readonly clientCapabilities: readonly string[]
  readonly authContexts: readonly string[]
  /** A claims challenge named policies (`polids`) or contexts (`acrs`): only MFA satisfies it. */
  readonly needsMfa: boolean
}

const listed = (entry: z.infer<typeof wish> | undefined): string[] => [
  ...(entry?.value === undefined ? [] : [entry.value]),
  ...(entry?.values ?? []),
]

/** Satisfied by MFA when no context was named; policies that ask MFA look for it. */
export const MFA_CONTEXT = 'c1'

export function parseClaims(claims: string | undefined): WantedClaims {
  if (claims === undefined) return { clientCapabilities: [], authContexts: [], needsMfa: false }
  const parsed = claimsSchema.safeParse(toJson(claims))
  if (!parsed.success) throw new EntraError(90023, { detail: "The parameter 'claims' is not a claims request." })
  const wanted = parsed.data.access_token ?? {}
  const contexts = listed(wanted['acrs'])
  const policies = listed(wanted['polids'])
  const needsMfa = contexts.length > 0 || policies.length > 0
  return {
    clientCapabilities: listed(wanted['xms_cc']),
    authContexts: needsMfa && contexts.length === 0 ? [MFA_CONTEXT] : contexts,
    needsMfa,
  }
}

function toJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
