import assert from 'node:assert/strict'
import { test } from 'node:test'
import { toLoggedTarget } from './logged-target.ts'

const read = (uri: string) => toLoggedTarget('resources/read', uri)

test('X-50 of the address of a resource, query, fragment and user information are not logged', () => {
  assert.equal(read('https://ada:secret@files.example/report?sig=secret#secret'), 'https://files.example/report')
  assert.equal(read('https://a:secret@b:secret@files.example/x'), 'https://files.example/x')
  assert.equal(read('file:///home/ada/@notes'), 'file:///home/ada/@notes')
  assert.equal(read('memo:list?\nsecret'), 'memo:list')
})

test('X-50 what looks like a token is not repeated, wherever it stands', () => {
  assert.doesNotMatch(toLoggedTarget('tools/call', 'mcpt_abc')!, /abc/)
  assert.doesNotMatch(read('https://files.example/eyJhbGciOiJub25lIn0.e30.')!, /hbGci/)
})

test('names of tools stay as they are, and no name makes a long line', () => {
  assert.equal(toLoggedTarget('tools/call', 'what?'), 'what?')
  assert.equal(toLoggedTarget('tools/call', undefined), undefined)
  assert.equal(toLoggedTarget('tools/call', 'x'.repeat(5_000))!.length, 201)
})
