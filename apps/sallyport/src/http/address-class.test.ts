import assert from 'node:assert/strict'
import { test } from 'node:test'
import { classOfAddress } from './address-class.ts'

const CLASSES = {
  public: ['8.8.8.8', '172.32.0.1', '100.128.0.1', '2a00:1450::1', '::ffff:8.8.8.8', '64:ff9b::808:808'],
  private: ['10.0.0.1', '172.31.255.255', '192.168.1.1', '100.64.0.1', 'fd00::1', '::ffff:10.0.0.1', '64:ff9b::a00:1'],
  loopback: ['127.0.0.1', '127.255.0.1', '::1', '::ffff:127.0.0.1', '::ffff:7f00:1', '64:ff9b::7f00:1'],
  other: [
    '0.0.0.0',
    '169.254.169.254',
    '192.0.0.192',
    '198.18.0.1',
    '224.0.0.1',
    '255.255.255.255',
    '::',
    'fe80::1',
    'fe80::1%eth0',
    'ff02::1',
    '2001::1',
    '2001:db8::1',
    '2002:7f00:1::',
    '::127.0.0.1',
    '::ffff:169.254.169.254',
    '64:ff9b:1::a9fe:a9fe',
    '5f00::1',
    '',
    'localhost',
    '2130706433',
    '0x7f.1',
  ],
} as const

for (const [name, addresses] of Object.entries(CLASSES)) {
  test(`addresses that are ${name} are told so, however they are written`, () => {
    for (const address of addresses) assert.equal(classOfAddress(address), name, address)
  })
}
