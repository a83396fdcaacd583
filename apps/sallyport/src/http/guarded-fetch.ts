import { lookup as dnsLookup } from 'node:dns'
import { isIP } from 'node:net'
import type { LookupFunction } from 'node:net'
import { Agent, fetch as undiciFetch } from 'undici'
import type { RequestInit as UndiciInit } from 'undici'
import { classOfAddress } from './address-class.ts'
import type { AddressClass } from './address-class.ts'
import { createSharedLookup } from './shared-lookup.ts'
import type { Lookup } from './shared-lookup.ts'

export interface GuardedFetchOptions {
  /** This machine, over http too: for a Sallyport that only this machine reaches. */
  readonly allowLoopback?: boolean
  /** Networks of the operator's own. Link-local addresses, where clouds keep their credentials, stay closed. */
  readonly allowPrivate?: boolean
  readonly lookup?: Lookup
}

/** The address leads to where the one who named it has no business. */
export class AddressNotPublic extends Error {
  override readonly name = 'AddressNotPublic'
  readonly code = 'ADDRESS_NOT_PUBLIC'
}

const MAX_ANSWER_BYTES = 2 * 1024 * 1024
const TIMEOUT_MS = 10_000
const CONNECTIONS_EACH = 4
/** One for the process, as its threads are. */
const systemLookup = createSharedLookup(dnsLookup as Lookup)

/**
 * A `fetch` for addresses that teamspaces name: https to public addresses only, no redirects, bounded. What is judged is
 * the address that the connection goes to, so a name that changes its mind between a check and its use gains nothing.
 */
export function createGuardedFetch(options: GuardedFetchOptions = {}): typeof fetch {
  const { allowLoopback = false, allowPrivate = false } = options
  const lookup = options.lookup ? createSharedLookup(options.lookup) : systemLookup
  const allowed = new Set<AddressClass>(['public'])
  if (allowLoopback || allowPrivate) allowed.add('loopback')
  if (allowPrivate) allowed.add('private')
  const check = (address: string, hostname: string) => {
    if (!allowed.has(classOfAddress(address))) throw new AddressNotPublic(`${hostname} is not at a public address`)
  }
  const dispatcher = new Agent({
    connections: CONNECTIONS_EACH,
    maxResponseSize: MAX_ANSWER_BYTES,
    headersTimeout: TIMEOUT_MS,
    bodyTimeout: TIMEOUT_MS,
    connect: { timeout: TIMEOUT_MS, lookup: checkedLookup(lookup, check) },
  })

  const guarded = async (input: string | URL, init: UndiciInit = {}) => {
    const url = new URL(input)
    // No look-up is made for an address that is written as one.
    const hostname = url.hostname.replace(/^\[|\]$/g, '')
    const isLoopback = hostname === 'localhost' || classOfAddress(hostname) === 'loopback'
    if (url.protocol !== 'https:' && !(url.protocol === 'http:' && isLoopback)) {
      throw new TypeError('fetch failed', { cause: new AddressNotPublic(`${url.origin} is not https`) })
    }
    try {
      if (isIP(hostname) !== 0) check(hostname, hostname)
    } catch (cause) {
      throw new TypeError('fetch failed', { cause })
    }
    const redirect = init.redirect === 'manual' ? 'manual' : 'error'
    return undiciFetch(url, { ...init, redirect, dispatcher })
  }
  return guarded as unknown as typeof fetch
}

/** One address that may not be reached spoils the name: whichever is tried first must not depend on chance. */
function checkedLookup(lookup: Lookup, check: (address: string, hostname: string) => void): LookupFunction {
  return (hostname, { all }, done) =>
    lookup(hostname, { all: true }, (error, found) => {
      const [first] = found ?? []
      if (error || !first) return done(error ?? new Error('no address'), '')
      try {
        for (const { address } of found) check(address, hostname)
      } catch (refused) {
        return done(refused as NodeJS.ErrnoException, '')
      }
      if (all) done(null, found)
      else done(null, first.address, first.family)
    })
}
