import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createConsoleBrowser } from '../support/console-browser.ts'
import { INITECH, startConsoleGate } from '../support/console-idps.ts'

test('what one teamspace calls a person is not what they are called elsewhere, nor as an operator', async (t) => {
  const { gate, idp, signIn } = await startConsoleGate(t)
  const { iris, root } = INITECH
  // Whoever administers a teamspace can name any identity of any issuer, and call it as they like.
  await gate.admin.must('POST', '/teamspaces', { slug: 'aaa', name: 'Aaa' })
  await gate.admin.must('PUT', '/teamspaces/aaa/connections/oidc', {
    kind: 'oidc',
    issuer: idp.issuer,
    audience: 'aaa',
  })
  for (const [email, subject] of [
    ['operator@evil.example', iris.sub],
    ['nobody@evil.example', root.sub],
  ]) {
    await gate.admin.must('POST', '/teamspaces/aaa/members', { email, subject, role: 'admin' })
  }
  const { members } = await gate.admin.must('GET', '/teamspaces/initech/members')
  await gate.admin.must('PATCH', `/teamspaces/initech/members/${members[0].id}`, { role: 'owner' })

  const browser = createConsoleBrowser(gate.adminUrl)
  await signIn(browser, iris.email)
  assert.equal((await browser.get('/console/session')).body.signedIn.account.email, iris.email)
  assert.equal((await browser.send('PATCH', '/api/v1/teamspaces/initech', { name: 'Initech Inc.' })).status, 200)
  const person = { email: 'new@evil.example', subject: 'new' }
  assert.equal((await browser.post('/api/v1/teamspaces/aaa/members', person)).status, 201)
  const actorOf = async (slug: string) =>
    (await gate.admin.must('GET', `/audit?teamspace=${slug}&limit=1`)).events[0].actor
  assert.equal(await actorOf('initech'), iris.email)
  assert.equal(await actorOf('aaa'), 'operator@evil.example', 'as the teamspace knows them')

  const operator = createConsoleBrowser(gate.adminUrl)
  await signIn(operator, root.email)
  assert.equal((await operator.get('/console/session')).body.signedIn.account.email, root.email)
})
