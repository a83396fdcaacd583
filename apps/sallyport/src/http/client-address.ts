import type { IncomingMessage } from 'node:http'
import { isIP } from 'node:net'
import type { Socket } from 'node:net'
import ipaddr from 'ipaddr.js'

/** Where a call came from: for limits, the audit trail and conditions of policies, and never a proof of anything. */
export interface ClientAddress {
  readonly text: string
  /** What limits of addresses count: the address, of IPv6 its /64, which is what one customer of a provider has. */
  readonly countedAs: string | undefined
  /** The peer sent X-Forwarded-For, but is none of the trusted proxies: it may be everybody's proxy. */
  readonly ignoredForwarded: boolean
}

export type ClientAddressOf = (request: IncomingMessage) => ClientAddress

type Address = ipaddr.IPv4 | ipaddr.IPv6
type Network = [Address, number]

/** Of X-Forwarded-For only the end is read: what stands before it any client can make as long as it likes. */
const MAX_CHARACTERS = 1024
const MAX_HOPS = 20

interface Remembered {
  readonly forwarded: string | undefined
  readonly address: ClientAddress
}

/**
 * The peer's address or, only when the peer is a trusted proxy, the right-most address of X-Forwarded-For that is none:
 * all on the left of it is what the client says of itself.
 */
export function createClientAddress(trustedProxies: readonly string[]): ClientAddressOf {
  const networks = trustedProxies.map((cidr) => parseNetwork(cidr)!)
  const isTrusted = (address: Address) => networks.some((network) => isWithin(address, network))
  const remembered = new WeakMap<Socket, Remembered>()

  return ({ socket, headers }) => {
    const forwarded = headers['x-forwarded-for'] as string | undefined
    const known = remembered.get(socket)
    if (known && known.forwarded === forwarded) return known.address
    const address = toClientAddress(socket.remoteAddress ?? '', forwarded, isTrusted)
    remembered.set(socket, { forwarded, address })
    return address
  }
}

function toClientAddress(
  peerText: string,
  forwarded: string | undefined,
  isTrusted: (address: Address) => boolean,
): ClientAddress {
  const peer = parseAddress(peerText)
  if (!peer) return { text: 'unknown', countedAs: 'unknown', ignoredForwarded: false } // a socket that is gone already
  const isProxy = isTrusted(peer)
  if (forwarded === undefined || !isProxy) {
    // Whoever is on this machine has better ways to harm it; and a proxy on it would be counted as all its clients.
    const countedAs = peer.range() === 'loopback' ? undefined : toCounted(peer)
    return { text: peer.toString(), countedAs, ignoredForwarded: forwarded !== undefined }
  }
  const client = firstUntrusted(forwarded, isTrusted) ?? peer
  return { text: client.toString(), countedAs: toCounted(client), ignoredForwarded: false }
}

/** From the right. Undefined when something there is no address: the proxy that should have written it did not. */
function firstUntrusted(forwarded: string, isTrusted: (address: Address) => boolean): Address | undefined {
  const hops = forwarded.slice(-MAX_CHARACTERS).split(',').slice(-MAX_HOPS)
  let last: Address | undefined
  for (const hop of hops.reverse()) {
    const address = parseHop(hop.trim())
    if (!address) return undefined
    if (!isTrusted(address)) return address
    last = address
  }
  return last
}

/** Some proxies add the port. */
function parseHop(hop: string): Address | undefined {
  const bracketed = /^\[([^\]]+)\](?::\d{1,5})?$/.exec(hop)?.[1]
  return parseAddress(bracketed ?? (hop.includes('.') ? hop.replace(/:\d{1,5}$/, '') : hop))
}

/** `isIP` is stricter than ipaddr.js, which takes octal and shortened forms. A zone is this machine's own matter. */
function parseAddress(text: string): Address | undefined {
  const bare = text.replace(/%.*$/s, '')
  return isIP(bare) === 0 ? undefined : ipaddr.process(bare) // IPv4-mapped IPv6 is IPv4 (RFC 4291 §2.5.5.2)
}

/** IPv4 within IPv6 by RFC 6052 (64:ff9b::/96) and RFC 6145 (::ffff:0:0:0/96). */
const TRANSLATED: ReadonlySet<string> = new Set(['rfc6052', 'rfc6145'])

function toCounted(address: Address): string {
  if (address.kind() === 'ipv4') return address.toString()
  const bytes = address.toByteArray()
  // One /64 for all of IPv4: whoever comes through a translator is counted by the address behind it.
  if (TRANSLATED.has(address.range())) return ipaddr.fromByteArray(bytes.slice(12)).toString()
  return `${ipaddr.fromByteArray([...bytes.slice(0, 8), 0, 0, 0, 0, 0, 0, 0, 0]).toString()}/64`
}

const isWithin = (address: Address, [net, prefix]: Network): boolean =>
  address.kind() === net.kind() && address.match(net, prefix)

/** `ADDRESS/PREFIX`, or one address. Undefined when it is neither. */
function parseNetwork(cidr: string): Network | undefined {
  const [text = '', prefixText, ...more] = cidr.split('/')
  const version = isIP(text)
  if (version === 0 || text.includes('%') || more.length > 0) return undefined
  const net = ipaddr.parse(text)
  const bits = version === 4 ? 32 : 128
  const prefix = prefixText === undefined ? bits : /^\d{1,3}$/.test(prefixText) ? Number(prefixText) : NaN
  if (!(prefix <= bits)) return undefined
  // Peers are compared as IPv4, however the operating system writes them.
  const isMapped = net instanceof ipaddr.IPv6 && net.isIPv4MappedAddress()
  if (isMapped) return prefix < 96 ? undefined : [net.toIPv4Address(), prefix - 96]
  return [net, prefix]
}

export const isNetwork = (cidr: string): boolean => parseNetwork(cidr) !== undefined
