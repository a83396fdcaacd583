import { BlockList, isIP } from 'node:net'

/** Where an IP address leads. `other`: link-local (where clouds keep their metadata), multicast, reserved, not an address. */
export type AddressClass = 'public' | 'private' | 'loopback' | 'other'

type Subnets = readonly (readonly [net: string, prefix: number])[]

const LOOPBACK: Subnets = [['127.0.0.0', 8]]
/** RFC 1918, and the shared space of RFC 6598. */
const PRIVATE: Subnets = [
  ['10.0.0.0', 8],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
  ['100.64.0.0', 10],
]
/** The rest of RFC 6890, and multicast. */
const OTHER: Subnets = [
  ['0.0.0.0', 8],
  ['169.254.0.0', 16],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 3],
]

/** Within 2000::/3, which alone is given out: protocol assignments with Teredo, 6to4, documentation. */
const OTHER_IPV6: Subnets = [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
]

/** An IPv4 address written as IPv6: mapped (RFC 4291 §2.5.5.2), or behind NAT64 (RFC 6052 §2.1). */
const EMBEDDING = ['::ffff:', '64:ff9b::']

const loopback = listOf(LOOPBACK, [['::1', 128]])
const privately = listOf(PRIVATE, [['fc00::', 7]])
const other = listOf(OTHER, OTHER_IPV6)
const given = listOf([['0.0.0.0', 0]], [['2000::', 3]])

export function classOfAddress(address: string): AddressClass {
  const version = isIP(address)
  if (version === 0 || address.includes('%')) return 'other' // a zone makes it link-local
  const family = version === 4 ? 'ipv4' : 'ipv6'
  if (loopback.check(address, family)) return 'loopback'
  if (privately.check(address, family)) return 'private'
  if (other.check(address, family)) return 'other'
  return given.check(address, family) ? 'public' : 'other'
}

function listOf(ipv4: Subnets, ipv6: Subnets): BlockList {
  const list = new BlockList()
  for (const [net, prefix] of ipv4) {
    list.addSubnet(net, prefix, 'ipv4')
    for (const embedding of EMBEDDING) list.addSubnet(`${embedding}${net}`, 96 + prefix, 'ipv6')
  }
  for (const [net, prefix] of ipv6) list.addSubnet(net, prefix, 'ipv6')
  return list
}
