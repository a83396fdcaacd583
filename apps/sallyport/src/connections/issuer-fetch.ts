import { createGuardedFetch } from '../http/guarded-fetch.ts'
import { isLoopbackHost } from '../http/loopback.ts'

interface Reach {
  readonly publicUrl: string
  readonly allowPrivateIssuers: boolean
}

/** How issuers are asked: a Sallyport that only its own machine reaches may have its issuer there too. */
export const createIssuerFetch = ({ publicUrl, allowPrivateIssuers }: Reach): typeof fetch =>
  createGuardedFetch({
    allowLoopback: isLoopbackHost(new URL(publicUrl).hostname),
    allowPrivate: allowPrivateIssuers,
  })
