import assert from 'node:assert/strict'
import type { IncomingMessage } from 'node:http'
import { test } from 'node:test'
import { createClientAddress, isNetwork } from './client-address.ts'

const PROXIES = ['10.0.0.0/8', '2001:db8:1::/48', '127.0.0.1']

function addressOf(peer: string | undefined, forwarded?: string, proxies: readonly string[] = PROXIES) {
  const request = {
    socket: { remoteAddress: peer },
    headers: forwarded === undefined ? {} : { 'x-forwarded-for': forwarded },
  }
  return createClientAddress(proxies)(request as unknown as IncomingMessage)
}

test('X-53 what a peer says of others counts only when the peer is a trusted proxy', () => {
  assert.equal(addressOf('192.0.2.7', '198.51.100.1').text, '192.0.2.7')
  assert.equal(addressOf('192.0.2.7', '198.51.100.1').ignoredForwarded, true)
  assert.equal(addressOf('10.1.2.3', '198.51.100.1').text, '198.51.100.1')
  assert.equal(addressOf('::ffff:10.1.2.3', '198.51.100.1').text, '198.51.100.1')
  assert.equal(addressOf('10.1.2.3', '198.51.100.1', []).text, '10.1.2.3')
})

test('X-53 the right-most address that is no trusted proxy is the client; what stands left of it is hearsay', () => {
  assert.equal(addressOf('10.0.0.1', '203.0.113.9, 198.51.100.1').text, '198.51.100.1')
  assert.equal(addressOf('10.0.0.1', 'x, 198.51.100.1, 10.0.0.2,10.0.0.3').text, '198.51.100.1')
  assert.equal(addressOf('10.0.0.1', '10.5.5.5, 10.0.0.2').text, '10.5.5.5')
  assert.equal(addressOf('2001:db8:1::5', '[2001:db8:9::1]:443').text, '2001:db8:9::1')
  assert.equal(addressOf('10.0.0.1', '198.51.100.1:5123').text, '198.51.100.1')
})

test('a header that cannot be read counts as the peer, and however long it is only its end is read', () => {
  for (const garbage of ['', 'unknown', '1.2.3', '0x7f.0.0.1', '::1%eth0,', '198.51.100.1, nonsense', ','.repeat(5000)])
    assert.equal(addressOf('10.0.0.1', garbage).text, '10.0.0.1', garbage.slice(0, 40))
  assert.equal(addressOf('10.0.0.1', `${'a'.repeat(60_000)}, 198.51.100.1`).text, '198.51.100.1')
  assert.equal(addressOf('10.0.0.1', `${'10.0.0.2, '.repeat(5000)}10.0.0.3`).text, '10.0.0.2')
})

test('IPv6 counts by /64, and IPv4 written as IPv6 is IPv4', () => {
  const counted = (peer: string) => addressOf(peer).countedAs
  assert.equal(counted('2001:db8:9:4:aaaa::1'), counted('2001:db8:9:4:bbbb:1:2:3'))
  assert.notEqual(counted('2001:db8:9:4::1'), counted('2001:db8:9:5::1'))
  assert.equal(counted('::ffff:192.0.2.7'), '192.0.2.7')
  assert.equal(addressOf('2001:db8:9:4:aaaa::1').text, '2001:db8:9:4:aaaa::1')
  assert.equal(counted('fe80::1%eth0'), 'fe80::/64')
})

test('a loopback peer is not counted, unless as a trusted proxy it speaks for somebody', () => {
  for (const peer of ['127.0.0.1', '127.8.8.8', '::1', '::ffff:127.0.0.1']) {
    assert.equal(addressOf(peer).countedAs, undefined)
    assert.equal(addressOf(peer, '198.51.100.1', []).countedAs, undefined)
  }
  assert.equal(addressOf('127.0.0.1', '198.51.100.1').countedAs, '198.51.100.1')
  assert.equal(addressOf('127.0.0.1', '127.0.0.1').countedAs, '127.0.0.1')
  assert.equal(addressOf('127.0.0.1', 'garbage').countedAs, '127.0.0.1')
})

test('a socket that is gone counts with all others that are', () => {
  assert.equal(addressOf(undefined).countedAs, 'unknown')
})

test('a connection that speaks for several clients is asked anew for each', () => {
  const of = createClientAddress(PROXIES)
  const socket = { remoteAddress: '10.0.0.1' }
  const from = (forwarded: string) =>
    of({ socket, headers: { 'x-forwarded-for': forwarded } } as unknown as IncomingMessage)
  assert.deepEqual(
    ['198.51.100.1', '198.51.100.1', '198.51.100.2'].map((forwarded) => from(forwarded).text),
    ['198.51.100.1', '198.51.100.1', '198.51.100.2'],
  )
  assert.equal(from('198.51.100.2'), from('198.51.100.2'))
})

test('networks are an address with or without a prefix', () => {
  for (const good of ['10.0.0.0/8', '10.0.0.1', '::1', 'fd00::/8', '::ffff:10.0.0.0/104', '0.0.0.0/0'])
    assert.equal(isNetwork(good), true, good)
  for (const bad of [
    '',
    'localhost',
    '10.0.0.0/33',
    '10/8',
    '10.0.0.0/8/8',
    '::/129',
    '10.0.0.0/',
    'fe80::1%eth0/64',
    '::ffff:0:0/8',
  ])
    assert.equal(isNetwork(bad), false, bad)
})
