/** Verification could not be carried out; the token was neither accepted nor refused. Answer 503 with `Retry-After`. */
export class VerificationFault extends Error {
  readonly code: 'keys_unavailable' | 'connections_unavailable' | 'review_unavailable'
  readonly retryAfterSeconds: number

  constructor(
    code: VerificationFault['code'],
    message: string,
    options?: ErrorOptions & { retryAfterSeconds?: number },
  ) {
    super(message, options)
    this.name = 'VerificationFault'
    this.code = code
    this.retryAfterSeconds = options?.retryAfterSeconds ?? 5
  }
}
