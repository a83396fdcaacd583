export interface QuotaPolicy {
  readonly name: string
  readonly quota: number
  /** Without one the quota is of calls that are open at once. */
  readonly windowSeconds?: number | undefined
}

/**
 * `RateLimit-Policy` and `RateLimit` as draft-ietf-httpapi-ratelimit-headers-10 has them: lists of one structured item
 * each (RFC 9651). Names are ours, so that nothing needs to be escaped.
 */
export function rateLimitFields(
  { name, quota, windowSeconds }: QuotaPolicy,
  { remaining, resetSeconds }: { readonly remaining: number; readonly resetSeconds?: number | undefined },
): Record<string, string> {
  const per = windowSeconds === undefined ? ';qu="concurrent-requests"' : `;w=${windowSeconds}`
  const reset = resetSeconds === undefined ? '' : `;t=${resetSeconds}`
  return {
    'ratelimit-policy': `"${name}";q=${quota}${per}`,
    ratelimit: `"${name}";r=${remaining}${reset}`,
  }
}
