import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { test } from 'node:test'
import { TERMS } from './denial.ts'
import { FAULT_TERMS } from './fault.ts'

const page = await readFile(new URL('../../../../docs/denials.md', import.meta.url), 'utf8')
const sections = new Map([...page.matchAll(/^### (\S+)\n(\d{3})/gm)].map(([, code, status]) => [code!, Number(status)]))

test('docs/denials.md explains every code, no other, and with its status', () => {
  const terms = Object.entries({ ...TERMS, ...FAULT_TERMS }).map(([code, { status }]) => [code, status])
  assert.deepEqual([...sections].sort(), terms.sort())
})

test('no code is both a refusal and a fault', () => {
  assert.deepEqual(
    Object.keys(TERMS).filter((code) => code in FAULT_TERMS),
    [],
  )
})

test('what the caller reads is static, printable ASCII that fits into a quoted string (RFC 6750 §3)', () => {
  for (const { says } of Object.values({ ...TERMS, ...FAULT_TERMS }))
    assert.match(says, /^[\x20\x21\x23-\x5b\x5d-\x7e]+$/)
})
