import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Page, Request } from 'playwright-core'
import { PHONE } from '../support/browser.ts'
import { OPERATOR } from '../support/console-browser.ts'
import { ACME } from '../support/gate.ts'
import { openLink } from './support/demo-console.ts'
import { inBrowser } from './support/in-browser.ts'
import { assertSteady, look, lookAtAll, open } from './support/look.ts'
import { startNewInstance } from './support/new-instance.ts'

let instance: Awaited<ReturnType<typeof startNewInstance>>
before(async () => void (instance = await startNewInstance()))
after(() => instance?.close())

const CUSTOMERS = 60

test('the operator of many teamspaces lands where all are, with trouble on top, and finds one', async () => {
  await inBrowser(async (page) => {
    await openLink(page, instance.bootstrapLink)
    await page.getByRole('heading', { name: 'No teamspace yet' }).waitFor()
    for (let number = 1; number <= CUSTOMERS; number++)
      await send(page, 'POST', '/teamspaces', { slug: `customer-${number}`, name: `Customer ${number}` })
    await connect(page, 'customer-33', ACME.gatewayClientId)
    await connect(page, 'customer-44', ACME.apiClientId)
    instance.emulator.setFault({ path: 'discovery', kind: 'drop' })
    await send(page, 'POST', '/teamspaces/customer-44/connections/entra/test')
    instance.emulator.setFault(undefined)

    await open(page, instance.adminUrl)
    assert.equal(new URL(page.url()).pathname, '/teamspaces')
    await assertSteady(page, 'all teamspaces')
    const rows = page.getByRole('table', { name: 'Teamspaces' }).locator('tbody').getByRole('row')
    await page.getByText(`${CUSTOMERS} teamspaces: 1 broken, 1 worth a look. The first 50 are shown.`).waitFor()
    assert.match((await rows.nth(0).textContent())!, /Customer 44.*Broken: Microsoft Entra: the last test failed/)
    assert.match((await rows.nth(1).textContent())!, /Customer 33.*Note: Microsoft Entra: never tested/)
    assert.equal(await rows.count(), 50)
    await lookAtAll(page, 'all teamspaces')
    await page.getByRole('button', { name: 'Load more' }).click()
    await rows.nth(CUSTOMERS - 1).waitFor()

    await page.getByRole('switch', { name: 'Only with trouble' }).click()
    await rows.nth(2).waitFor({ state: 'detached' })
    await page.getByRole('searchbox').fill('mer 33')
    await page.getByText('1 teamspace found.').waitFor()
    assert.match(page.url(), /search=mer/, 'who is sent the address sees the same')
    await look(page, 'one found')
    await page.setViewportSize(PHONE)
    await page.getByRole('link', { name: 'Microsoft Entra: never tested' }).click()
    await page.getByText('Not tested yet.').waitFor()
  })
})

test('what a page asks by itself is marked, and what somebody does is not', async () => {
  await inBrowser(async (page) => {
    const seen: { path: string; isBackground: boolean }[] = []
    page.on('request', (request: Request) => {
      const { pathname } = new URL(request.url())
      const isBackground = request.headers()['sallyport-background'] === '1'
      if (pathname.startsWith('/api/v1/')) seen.push({ path: pathname, isBackground })
    })
    await signInAgain(page)
    await open(page, `${instance.adminUrl}/t/customer-1`)
    seen.length = 0
    await page.waitForRequest(/\/customer-1\/overview/)
    assert.ok(seen.length > 0 && seen.every(({ isBackground }) => isBackground))
    seen.length = 0
    await page.getByText('30 days').click()
    await page.waitForRequest(/range=30d/)
    assert.deepEqual(seen[0], { path: '/api/v1/teamspaces/customer-1/overview', isBackground: false })
  })
})

const signInAgain = async (page: Page) => {
  await page.goto(`${instance.adminUrl}/sign-in`)
  await page.getByLabel('E-mail').fill(OPERATOR.email)
  await page.keyboard.press('Enter')
  await page.getByRole('textbox', { name: 'Password' }).fill(OPERATOR.password)
  await page.keyboard.press('Enter')
  await page.getByRole('navigation', { name: 'Pages' }).waitFor()
}

const connect = (page: Page, slug: string, audience: string) =>
  send(page, 'PUT', `/teamspaces/${slug}/connections/entra`, {
    kind: 'entra',
    cloud: 'emulator',
    tenantId: ACME.tenantId,
    audience,
  })

/** As a page of the console does. */
async function send(page: Page, method: string, path: string, body?: object): Promise<void> {
  const init = { method, ...(body && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }) }
  const asked = `fetch(${JSON.stringify(`/api/v1${path}`)}, ${JSON.stringify(init)}).then(({ ok }) => ok)`
  assert.ok(await page.evaluate(asked), `${method} ${path}`)
}
