import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Locator, Page } from 'playwright-core'
import { openBrowser } from '../support/browser.ts'
import type { TestBrowser } from '../support/browser.ts'
import { ACME } from '../support/gate.ts'
import { clientOfPerson, clientWithToken } from './support/mcp-clients.ts'
import { startNewInstance } from './support/new-instance.ts'

const OWNER = { email: 'olga@sallyport.example', password: 'correct horse battery' }
const UNKNOWN_TENANT = 'cccccccc-0000-4000-8000-000000000001'
const ADA = { email: ACME.ada.email, password: 'ada-password' }

let instance: Awaited<ReturnType<typeof startNewInstance>>
let browser: TestBrowser
before(async () => {
  instance = await startNewInstance()
  browser = await openBrowser()
})
after(async () => {
  await browser?.close()
  await instance?.close()
})

test('from an empty database to a first call, a refusal that is explained, and a member who is gone', async () => {
  const page = await (await browser.newContext()).newPage()
  await bootstrap(page)
  await createTeamspace(page)
  await configureEntra(page)
  await addMember(page)
  const findingsUrl = await addressInGuide(page, 'findings')

  const ada = await clientOfPerson(findingsUrl, ADA)
  const { token, url } = await mintToken(page)
  const program = await clientWithToken(url, token)
  for (const client of [ada, program]) assert.ok(!(await listFindings(client)).isError)

  await denyTool(page)
  for (const client of [ada, program]) await assert.rejects(listFindings(client), /Unknown tool: list_findings/)
  await readRefusal(page)

  await removeMember(page)
  await assert.rejects(ada.callTool({ name: 'whoami', arguments: {} }), /401/)
  assert.ok(!(await program.callTool({ name: 'whoami', arguments: {} })).isError, 'the teamspace’s token stays')

  await signOut(page)
  await Promise.all([ada.close(), program.close()])
  assert.deepEqual(browser.complaints, [])
})

const listFindings = (client: Awaited<ReturnType<typeof clientWithToken>>) =>
  client.callTool({ name: 'list_findings', arguments: {} })

async function bootstrap(page: Page): Promise<void> {
  await page.goto(instance.bootstrapLink)
  await page.getByLabel('E-mail').fill(OWNER.email)
  await page.getByLabel('Password', { exact: true }).fill(OWNER.password)
  await page.getByLabel('Password again').fill(OWNER.password)
  await page.getByRole('button', { name: 'Create the account' }).click()
  await page.getByRole('heading', { name: 'No teamspace yet' }).waitFor()
  assert.equal(new URL(page.url()).hash, '', 'the secret has left the address')
}

async function createTeamspace(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'New teamspace' }).first().click()
  const dialog = page.getByRole('dialog', { name: 'New teamspace' })
  await dialog.getByLabel('Name').fill('Acme')
  assert.equal(await dialog.getByLabel('Slug').inputValue(), 'acme')
  await dialog.getByRole('button', { name: 'Create' }).click()
  await page.getByRole('heading', { name: 'Setup guide' }).waitFor()
  await page.getByText('0 of 5 done').first().waitFor()
}

/** With each outcome of *Test connection* on the way. */
async function configureEntra(page: Page): Promise<void> {
  await goTo(page, 'Connections')
  await page.getByRole('button', { name: 'Connect Microsoft Entra' }).click()
  const form = page.getByRole('form', { name: 'Microsoft Entra' })
  await form.getByLabel('Tenant ID').fill(UNKNOWN_TENANT)
  await form.getByLabel('Cloud').fill('emulator')
  await outcomeOfTest(form, 'There is no such tenant')

  await form.getByLabel('Tenant ID').fill(ACME.tenantId)
  await form.getByLabel('Cloud').fill('lookalike')
  await outcomeOfTest(form, 'Somebody else answered')

  await form.getByLabel('Cloud').fill('emulator')
  instance.emulator.setFault({ path: 'discovery', kind: 'drop' })
  await outcomeOfTest(form, 'Microsoft Entra could not be asked')

  instance.emulator.setFault(undefined)
  await outcomeOfTest(form, 'It works: Microsoft Entra knows this tenant')

  await form.getByLabel('Audience', { exact: true }).fill(ACME.gatewayClientId)
  await form.getByLabel('Required scope').fill('Mcp.Gateway.Access')
  await form.getByRole('switch', { name: /On-Behalf-Of/ }).click()
  assert.equal(await form.getByLabel('Gateway client ID').inputValue(), ACME.gatewayClientId)
  await form.getByRole('textbox', { name: 'Client secret' }).fill(ACME.gatewaySecret)
  await form.getByLabel('Scope to ask for').fill(`api://${ACME.apiClientId}/.default`)
  await form.getByLabel('The API’s audience').fill(ACME.apiClientId)
  await form.getByLabel('Scope in the API’s tokens').fill('mcp.access')
  await form.getByRole('button', { name: 'Save' }).click()
  await form.waitFor({ state: 'detached' })
  await page.getByText('Connected', { exact: true }).waitFor()
  await page.getByRole('button', { name: 'Test connection' }).click()
  await page.getByText('It works: Microsoft Entra knows this tenant').waitFor()
  await page.reload()
  await page.getByText(`Tested just now by ${OWNER.email}`).waitFor()
}

async function outcomeOfTest(form: Locator, title: string): Promise<void> {
  await form.getByRole('button', { name: 'Test connection' }).click()
  await form.getByRole('status').getByText(title).waitFor()
}

async function addMember(page: Page): Promise<void> {
  await goTo(page, 'Members')
  await page.getByRole('button', { name: 'Add member' }).click()
  const dialog = page.getByRole('dialog', { name: 'Add member' })
  await dialog.getByLabel('E-mail').fill(ADA.email)
  await dialog.getByLabel('Object ID').fill(ACME.ada.oid)
  await dialog.getByRole('button', { name: 'Add member' }).click()
  await page.getByRole('table', { name: 'Members' }).getByRole('row', { name: ADA.email }).waitFor()
}

async function addressInGuide(page: Page, server: string): Promise<string> {
  await goTo(page, 'Setup guide')
  await page.getByText('3 of 5 done').first().waitFor()
  const address = page.getByText(new RegExp(`^http://\\S+/${server}/mcp$`)).first()
  return (await address.textContent())!
}

/** As it stands on the page, with the address that it is for. */
async function mintToken(page: Page): Promise<{ token: string; url: string }> {
  await goTo(page, 'Tokens')
  await page.getByRole('button', { name: 'Mint token' }).click()
  const dialog = page.getByRole('dialog', { name: 'Mint an MCP token' })
  await dialog.getByLabel('Name').fill('Nightly report')
  await dialog.getByRole('button', { name: 'Mint token' }).click()
  const shown = page.getByRole('dialog', { name: 'The token Nightly report' })
  const token = (await shown.getByRole('region', { name: 'MCP token' }).textContent())!
  await shown.getByRole('tab', { name: 'Cursor' }).click()
  const config = JSON.parse((await shown.getByRole('region', { name: '~/.cursor/mcp.json' }).textContent())!)
  await shown.getByRole('button', { name: 'I have stored it' }).click()
  await shown.waitFor({ state: 'detached' })
  assert.match(token, /^mcpt_[\w-]{43}$/)
  assert.ok(!(await page.content()).includes(token), 'it is shown once')
  return { token, url: config.mcpServers.scanner.url }
}

async function denyTool(page: Page): Promise<void> {
  await goTo(page, 'Policies')
  await page.getByRole('button', { name: 'Add a rule' }).click()
  const drawer = page.getByRole('dialog', { name: 'New rule' })
  await drawer.getByLabel('Name').fill('No findings today')
  const tools = drawer.getByLabel('Tools', { exact: true })
  await tools.fill('list_findings')
  await tools.press('Enter')
  await drawer.getByRole('button', { name: 'Add to the draft' }).click()
  await page.getByRole('button', { name: 'Review and save' }).click()
  const review = page.getByRole('dialog', { name: 'Save the policy?' })
  await review.getByRole('button', { name: 'Save' }).click()
  await review.waitFor({ state: 'detached' })
  await page.getByText('Version 1, saved').waitFor()
}

async function readRefusal(page: Page): Promise<void> {
  await goTo(page, 'Audit')
  const trail = page.getByRole('table', { name: 'Audit trail, newest first' })
  const refused = trail.getByRole('row').filter({ hasText: 'denied' }).filter({ hasText: ADA.email })
  await refused.first().getByRole('button').click()
  const call = page.getByRole('dialog', { name: 'A call' })
  await call
    .getByText(/rule No findings today/)
    .first()
    .waitFor()
  await call.getByText('list_findings').first().waitFor()
  await call.getByRole('link', { name: 'To Policies' }).waitFor()
  await page.keyboard.press('Escape')
  await call.waitFor({ state: 'detached' })
}

async function removeMember(page: Page): Promise<void> {
  await goTo(page, 'Members')
  await page.getByRole('button', { name: `Actions for ${ADA.email}` }).click()
  await page.getByRole('menuitem', { name: 'Remove' }).click()
  const dialog = page.getByRole('dialog', { name: `Remove ${ADA.email}?` })
  await dialog.getByRole('button', { name: 'Remove' }).click()
  await page.getByRole('heading', { name: 'Nobody is a member yet' }).waitFor()
}

/** What was seen before is not seen any more, whichever way somebody goes back to it. */
async function signOut(page: Page): Promise<void> {
  await page.getByRole('button', { name: `Account of ${OWNER.email}` }).click()
  await page.getByRole('menuitem', { name: 'Sign out' }).click()
  await page.getByRole('heading', { name: 'Sign in' }).waitFor()
  await page.goBack()
  await page.waitForURL(/\/sign-in\?to=/)
  await page.getByRole('heading', { name: 'Sign in' }).waitFor()
  await page.getByText(/acme/i).first().waitFor({ state: 'detached', timeout: 1_000 })
}

async function goTo(page: Page, name: string): Promise<void> {
  const navigation = page.getByRole('navigation', { name: 'Pages' })
  await navigation.getByRole('link', { name, exact: true }).click()
  await page.getByRole('main').getByRole('heading', { level: 1 }).waitFor()
}
