import assert from 'node:assert/strict'
import { test } from 'node:test'
import { SealBroken, createSealer } from './sealer.ts'

const sealer = createSealer(new Uint8Array(32).fill(1))

test('what was sealed opens in its own context, and looks different each time', () => {
  const sealed = sealer.seal('sécret', 'connection:1')
  assert.match(sealed, /^v1\.[A-Za-z0-9_-]+$/)
  assert.equal(sealer.open(sealed, 'connection:1'), 'sécret')
  assert.equal(sealer.open(sealer.seal('', 'c'), 'c'), '')
  assert.notEqual(sealer.seal('sécret', 'connection:1'), sealed)
})

test('a value moved to another row does not open', () => {
  const sealed = sealer.seal('secret', 'connection:1')
  assert.throws(() => sealer.open(sealed, 'connection:2'), SealBroken)
})

test('a value does not open with another key', () => {
  const sealed = sealer.seal('secret', 'c')
  assert.throws(() => createSealer(new Uint8Array(32).fill(2)).open(sealed, 'c'), SealBroken)
})

test('no flipped bit goes unseen: nonce, text or tag', () => {
  const bytes = Buffer.from(sealer.seal('secret', 'c').slice(3), 'base64url')
  for (let bit = 0; bit < bytes.length * 8; bit++) {
    const flipped = Buffer.from(bytes)
    flipped[bit >> 3]! ^= 1 << (bit & 7)
    assert.throws(() => sealer.open(`v1.${flipped.toString('base64url')}`, 'c'), SealBroken)
  }
})

test('anything that is not exactly our format does not open', () => {
  const sealed = sealer.seal('secret', 'c')
  const others = [
    '',
    'v1.',
    'v1.AAAA',
    'secret',
    sealed.slice(3),
    sealed.replace('v1', 'v2'),
    `${sealed}=`,
    `${sealed}\n`,
  ]
  for (const other of [...others, sealed.slice(0, -4), `v1. ${sealed.slice(3)}`]) {
    assert.throws(() => sealer.open(other, 'c'), SealBroken, other)
  }
})

test('a key of another size is refused', () => {
  assert.throws(() => createSealer(new Uint8Array(31)), RangeError)
})

test('a derived key is the same each time, and another for each purpose and each sealing key', () => {
  const derive = (fill: number, purpose: string) =>
    createSealer(new Uint8Array(32).fill(fill)).deriveKey(purpose).export().toString('hex')
  assert.equal(derive(1, 'audit'), derive(1, 'audit'))
  assert.equal(new Set([derive(1, 'audit'), derive(1, 'other'), derive(2, 'audit')]).size, 3)
})
