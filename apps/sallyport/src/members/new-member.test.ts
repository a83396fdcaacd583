import assert from 'node:assert/strict'
import { test } from 'node:test'
import { newMember } from './new-member.ts'

const email = 'anna@acme.example'
const objectId = 'cccccccc-0000-4000-8000-000000000001'
const faultOf = (input: object) => newMember.safeParse(input).error?.issues[0]?.path.join('.')

test('a new member is named in exactly one way', () => {
  assert.equal(faultOf({ email }), '')
  assert.equal(faultOf({ email, objectId, subject: 'x' }), 'subject')
  assert.equal(faultOf({ email, subject: 'x', serviceAccount: 'a/b' }), 'serviceAccount')
  assert.deepEqual(newMember.parse({ email, subject: 'CaSe|1' }), { email, subject: 'CaSe|1' })
})

test('a subject is taken as it is spelt, within its bounds', () => {
  for (const subject of ['', 'x'.repeat(256), 'a\nb', 'a\0b', 7]) assert.equal(faultOf({ email, subject }), 'subject')
  assert.equal(faultOf({ email, subject: ' Ünal|7 ' }), undefined)
})

test('a service account is a namespace and a name, and needs no e-mail', () => {
  assert.deepEqual(newMember.parse({ serviceAccount: 'tools/scanner' }), {
    serviceAccount: { namespace: 'tools', name: 'scanner' },
  })
  for (const serviceAccount of ['tools', '/x', 'tools/', 'a/b/c', 'Tools/x', 'to.ols/x', 'tools/x:y', '-a/b', 'a/b-']) {
    assert.equal(faultOf({ serviceAccount }), 'serviceAccount', serviceAccount)
  }
  assert.equal(faultOf({ objectId }), 'email')
  assert.equal(faultOf({ subject: 'x' }), 'email')
})
