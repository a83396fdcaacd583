import type { JsonObject } from '@sallyport/verifier'

/** One claim or header member, and whether it is as it has to be. */
export interface TokenLine {
  readonly name: string
  readonly value: string
  readonly verdict: 'ok' | 'wrong' | 'note'
  readonly expected?: string
  /** What to change, and where. */
  readonly change?: string
}

const MAX_SHOWN = 100

/** A claim as text: cut, and without characters that move the cursor. */
export function shown(value: unknown): string {
  if (value === undefined) return 'nothing'
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  const printable = text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, '?')
  return printable.length > MAX_SHOWN ? `${printable.slice(0, MAX_SHOWN)}…` : printable || 'empty'
}

export interface Wanted {
  readonly isOk: boolean
  readonly expected?: string | undefined
  readonly change?: string | undefined
}

export function line(name: string, value: unknown, { isOk, expected, change }: Wanted): TokenLine {
  if (isOk) return { name, value: shown(value), verdict: 'ok' }
  return {
    name,
    value: shown(value),
    verdict: 'wrong',
    ...(expected !== undefined && { expected }),
    ...(change !== undefined && { change }),
  }
}

export const note = (name: string, value: unknown, change: string): TokenLine => ({
  name,
  value: shown(value),
  verdict: 'note',
  change,
})

export interface Clock {
  readonly nowSeconds: number
  readonly toleranceSeconds: number
}

/** RFC 7519 §4.1.4 and §4.1.5. */
export function judgeTimes({ exp, nbf }: JsonObject, { nowSeconds, toleranceSeconds }: Clock): TokenLine[] {
  const lines = [
    line('exp', when(exp), {
      isOk: typeof exp === 'number' && nowSeconds < exp + toleranceSeconds,
      expected: 'a time to come',
      change:
        typeof exp === 'number'
          ? `it ended ${ago(nowSeconds - exp)} ago: sign in again`
          : 'a token without end is none',
    }),
  ]
  if (nbf === undefined) return lines
  const isOk = typeof nbf === 'number' && nbf <= nowSeconds + toleranceSeconds
  return [...lines, line('nbf', when(nbf), { isOk, expected: 'a time that has come', change: 'compare the clocks' })]
}

const when = (seconds: unknown): unknown =>
  typeof seconds === 'number' && Math.abs(seconds) <= 8.64e12 ? new Date(seconds * 1000).toISOString() : seconds

function ago(seconds: number): string {
  if (seconds < 120) return `${Math.round(seconds)} seconds`
  if (seconds < 7_200) return `${Math.round(seconds / 60)} minutes`
  return seconds < 172_800 ? `${Math.round(seconds / 3_600)} hours` : `${Math.round(seconds / 86_400)} days`
}

/** RFC 8725 §3.11, RFC 7515 §4.1.4. */
export function judgeHeader({ alg, kid, typ, crit }: JsonObject, algorithms: readonly string[]): TokenLine[] {
  const isType = typ === undefined || (typeof typ === 'string' && /^(?:jwt|(?:application\/)?at\+jwt)$/i.test(typ))
  return [
    line('alg', alg, { isOk: algorithms.includes(alg as string), expected: algorithms.join(' or ') }),
    line('kid', kid, { isOk: typeof kid === 'string' && kid !== '', expected: 'the name of the signing key' }),
    line('typ', typ, { isOk: isType, expected: 'JWT or at+jwt', change: 'send the access token, not another one' }),
    ...(crit === undefined ? [] : [line('crit', crit, { isOk: false, expected: 'nothing' })]),
  ]
}

/** RFC 7800: bound to a key that a bearer does not show. */
export const judgeBinding = ({ cnf }: JsonObject): TokenLine[] =>
  cnf === undefined
    ? []
    : [line('cnf', 'present', { isOk: false, expected: 'nothing', change: 'ask for a bearer token' })]

export const words = (value: unknown): string[] =>
  (typeof value === 'string' ? value.split(' ') : Array.isArray(value) ? value.map(String) : []).filter(
    (word) => word !== '',
  )
