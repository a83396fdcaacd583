import { deny, denyClaim, type Denial } from '../denial.ts'
import type { JsonObject } from './strict-json.ts'

export interface Clock {
  readonly nowSeconds: number
  /** Between the identity provider's clock and ours. */
  readonly toleranceSeconds: number
}

/** RFC 7519 §4.1.4 to §4.1.6. A token that never expires is none, whatever else it says. */
export function checkTimes({ exp, nbf, iat }: JsonObject, { nowSeconds, toleranceSeconds }: Clock): Denial | undefined {
  if (!isNumericDate(exp)) return denyClaim('exp', undefined, 'when the token ends')
  // "On or after", RFC 7519 §4.1.4.
  if (nowSeconds >= exp + toleranceSeconds) return deny({ code: 'token_expired', presented: toIso(exp) })
  const isFuture = (date: unknown) => !(isNumericDate(date) && date <= nowSeconds + toleranceSeconds)
  if (nbf !== undefined && isFuture(nbf)) return denyClaim('nbf', toIso(nbf), 'a time that has come')
  if (iat !== undefined && isFuture(iat)) return denyClaim('iat', toIso(iat), 'a time that has come')
  return undefined
}

const toIso = (date: unknown): string =>
  isNumericDate(date) ? new Date(date * 1000).toISOString() : `a ${typeof date} that is no time`

/** `JSON.parse` reads 1e999 as Infinity; nothing beyond what a Date holds is a date. */
const isNumericDate = (value: unknown): value is number => typeof value === 'number' && value >= 0 && value <= 8.64e12

export function checkTolerance(toleranceSeconds: number): void {
  if (toleranceSeconds >= 0 && toleranceSeconds <= 300) return
  throw new RangeError('clockToleranceSeconds must be between 0 and 300')
}
