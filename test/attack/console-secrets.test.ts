import assert from 'node:assert/strict'
import { test } from 'node:test'
import { dump } from '../acceptance/admin-api/world.ts'
import { syncedOver } from '../acceptance/group-sync/synced-gate.ts'
import { createConsoleBrowser, OPERATOR, secretOf } from '../support/console-browser.ts'
import { INITECH, startConsoleGate } from '../support/console-idps.ts'
import { ACME } from '../support/gate.ts'

test('what was typed, handed out or exchanged for a sign-in or a sync is in no log, no audit row and no answer', async (t) => {
  const { gate, goThere } = await startConsoleGate(t)
  const secrets = new Map<string, string>()
  const answers: string[] = []
  const browser = createConsoleBrowser(gate.adminUrl)
  const keep = async (answer: Promise<{ text: string; status: number }>) => void answers.push((await answer).text)

  const { link } = await gate.admin.must('POST', '/console/reset-link')
  const secret = secretOf(link)
  await keep(browser.post('/console/bootstrap', { secret, ...OPERATOR, password: 'too short' }))
  await keep(browser.post('/console/bootstrap', { secret, ...OPERATOR }))
  secrets.set('session of the operator', browser.cookies.get('sallyport_session')!)
  for (const password of ['a wrong password 1', OPERATOR.password]) {
    secrets.set(`password ${password}`, password)
    await keep(browser.post('/console/sign-in', { ...OPERATOR, password }))
  }
  await keep(browser.post('/console/sign-in', { ...OPERATOR, password: 'x'.repeat(257) }))
  secrets.set('link', secret).set('too short', 'too short').set('too long', 'x'.repeat(257))
  secrets.set('session by password', browser.cookies.get('sallyport_session')!)

  for (const email of [ACME.ada.email, INITECH.iris.email, INITECH.noel.email]) {
    const person = createConsoleBrowser(gate.adminUrl)
    const back = await goThere(person, email)
    for (const name of ['code', 'state']) secrets.set(`${name} of ${email}`, back.searchParams.get(name)!)
    secrets.set(`login of ${email}`, person.cookies.get('sallyport_login')!)
    await keep(person.get(`${back.pathname}${back.search}`))
    await keep(person.get(`${back.pathname}?code=wrong&state=${back.searchParams.get('state')}`))
    const session = person.cookies.get('sallyport_session')
    if (session !== undefined) secrets.set(`session of ${email}`, session)
    await keep(person.get('/console/session'))
  }

  const { group, makePeople, set, run } = await syncedOver(gate)
  group.members = makePeople(1, 2)
  await set()
  await run()
  gate.emulator.setFault({ path: 'graph', kind: 'status', status: 403, times: 1 })
  await run()
  const assertions = gate.emulator.requests.flatMap(({ form }) => form?.['client_assertion'] ?? [])
  assert.ok(assertions.length > 0)
  assertions.forEach((assertion, index) => secrets.set(`assertion ${index}`, assertion))
  secrets.set('client secret', ACME.gatewaySecret)

  for (const path of ['/audit?limit=1000', '/teamspaces/acme/group-sync', '/teamspaces/acme/group-sync/runs']) {
    answers.push(JSON.stringify(await gate.admin.must('GET', path)))
  }
  const places = { database: await dump(gate.sallyport.store), log: gate.logged, answers }
  for (const [what, value] of secrets) {
    assert.ok(value, what)
    for (const [place, lines] of Object.entries(places)) {
      assert.ok(!lines.some((line) => line.includes(value)), `${what} is in the ${place}`)
    }
  }
  for (const line of [...gate.logged, ...answers]) assert.doesNotMatch(line, /\beyJ[\w-]{8,}\./)
})
