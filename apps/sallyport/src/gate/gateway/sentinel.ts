import { hash, timingSafeEqual } from 'node:crypto'
import type { Sentinel } from '../../config/gateway.ts'
import { headerValues } from './header-values.ts'

export type SentinelVerdict = 'valid' | 'missing' | 'repeated' | 'wrong'

/**
 * Judges the secret by which the gateway in front shows that a request came through it (S3-17). Digests are compared,
 * each of them always, so that time tells neither content nor length nor which of two secrets it was.
 */
export function sentinelCheck({ header, secrets }: Sentinel): (rawHeaders: readonly string[]) => SentinelVerdict {
  const expected = secrets.map(digest)
  return (rawHeaders) => {
    const [presented, ...others] = headerValues(rawHeaders, header)
    if (presented === undefined) return 'missing'
    if (others.length > 0) return 'repeated' // one of them may be the caller's own guess beside the gateway's
    const found = digest(presented)
    let isValid = false
    for (const secret of expected) isValid = timingSafeEqual(found, secret) || isValid
    return isValid ? 'valid' : 'wrong'
  }
}

const digest = (text: string): Buffer => hash('sha256', text, 'buffer')
