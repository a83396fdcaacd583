import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createConsoleBrowser } from '../support/console-browser.ts'
import { INITECH, startConsoleGate } from '../support/console-idps.ts'

const CONNECTION = '/teamspaces/initech/connections/oidc'
const other = (audience: string) => ({ kind: 'oidc', issuer: 'https://id.initech.example', audience })

test('people of an issuer that the teamspace has left are out of the console, too, and nobody signs in as them', async (t) => {
  const { gate, signIn } = await startConsoleGate(t)
  const { members } = await gate.admin.must('GET', '/teamspaces/initech/members')
  await gate.admin.must('PATCH', `/teamspaces/initech/members/${members[0].id}`, { role: 'owner' })
  const browser = createConsoleBrowser(gate.adminUrl)
  await signIn(browser, INITECH.iris.email)
  assert.equal((await browser.get('/api/v1/teamspaces/initech')).status, 200)
  const before = await gate.admin.must('GET', CONNECTION)
  await gate.admin.must('PUT', `${CONNECTION}?confirmOrphans=true`, other(before.audience))
  assert.equal((await browser.get('/api/v1/teamspaces/initech')).status, 401)
  assert.equal((await signIn(createConsoleBrowser(gate.adminUrl), INITECH.iris.email)).status, 403)

  const { kind, issuer, audience } = before
  await gate.admin.must('PUT', CONNECTION, { kind, issuer, audience })
  assert.equal((await browser.get('/api/v1/teamspaces/initech')).status, 200)
})

test('an admin shuts out no owner by connecting another issuer, and an owner not the last one', async (t) => {
  const { gate, signIn } = await startConsoleGate(t)
  const { members } = await gate.admin.must('GET', '/teamspaces/initech/members')
  const path = `/teamspaces/initech/members/${members[0].id}`
  await gate.admin.must('PATCH', path, { role: 'admin' })
  const olaf = { email: 'olaf@initech.example', subject: 'olaf-1', role: 'owner' }
  await gate.admin.must('POST', '/teamspaces/initech/members', olaf)
  const iris = createConsoleBrowser(gate.adminUrl)
  await signIn(iris, INITECH.iris.email)
  const move = () => iris.send('PUT', `/api/v1${CONNECTION}?confirmOrphans=true`, other('elsewhere'))
  assert.equal((await move()).status, 403)
  await gate.admin.must('PATCH', path, { role: 'owner' })
  const last = await move()
  assert.equal(last.status, 409, last.text)
  assert.match(last.body.detail, /without an owner/)
})
