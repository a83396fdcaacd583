import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { Locator, Page } from 'playwright-core'
import { LAPTOP } from '../support/browser.ts'
import { inBrowser } from './support/in-browser.ts'
import { startDemoConsole } from './support/demo-console.ts'
import type { DemoConsole } from './support/demo-console.ts'
import { lookAtAll, open } from './support/look.ts'

let demo: DemoConsole
before(async () => void (demo = await startDemoConsole()))
after(() => demo?.close())

interface Dialog {
  readonly path: string
  readonly says: string
  readonly opens: (page: Page) => Promise<void>
  /** What is then there; a dialog unless given. */
  readonly shows?: (page: Page) => Locator
}

const click = (page: Page, name: string | RegExp) => page.getByRole('button', { name }).first().click()
const choose = async (page: Page, menu: string | RegExp, item: string) => {
  await click(page, menu)
  await page.getByRole('menuitem', { name: item }).click()
}
const tab = (page: Page, name: string) => page.getByRole('tab', { name }).click()

const DIALOGS: readonly Dialog[] = [
  { path: '', says: 'a chart as a table', opens: (page) => click(page, 'Calls as a table'), shows: (page) => page.getByRole('table').first() },
  { path: '', says: 'the account menu', opens: (page) => click(page, /^Account of/), shows: (page) => page.getByRole('menu') },
  { path: '', says: 'the teamspaces', opens: (page) => click(page, 'Acme'), shows: (page) => page.getByRole('menu') },
  { path: '/connections', says: 'the form of Entra', opens: (page) => click(page, 'Edit'), shows: (page) => page.getByRole('form') },
  { path: '/connections', says: 'the form of OIDC', opens: (page) => click(page, 'Connect OpenID Connect'), shows: (page) => page.getByRole('form') },
  { path: '/connections', says: 'the form of Kubernetes', opens: (page) => click(page, 'Connect Kubernetes'), shows: (page) => page.getByRole('form') },
  { path: '/connections', says: 'Remove', opens: (page) => click(page, 'Remove') },
  { path: '/members', says: 'Add member', opens: (page) => click(page, 'Add member') },
  { path: '/members', says: 'Change the role', opens: (page) => choose(page, 'Actions for ben@acme.example', 'Change the role') },
  { path: '/members', says: 'Change the name', opens: (page) => choose(page, 'Actions for ben@acme.example', 'Change the name') },
  { path: '/members', says: 'Remove', opens: (page) => choose(page, 'Actions for ben@acme.example', 'Remove') },
  { path: '/members#csv', says: 'a checked file', opens: checkFile, shows: (page) => page.getByRole('table').first() },
  { path: '/members#scim', says: 'Create token', opens: (page) => click(page, 'Create token') },
  { path: '/tokens', says: 'Mint token', opens: (page) => click(page, 'Mint token') },
  { path: '/tokens', says: 'a new token', opens: mint, shows: (page) => page.getByRole('dialog', { name: 'The token Laptop' }) },
  { path: '/tokens', says: 'Rotate', opens: (page) => choose(page, 'Actions for CI pipeline', 'Rotate') },
  { path: '/tokens', says: 'Revoke', opens: (page) => choose(page, 'Actions for CI pipeline', 'Revoke') },
  { path: '/policies', says: 'a new rule', opens: (page) => click(page, 'Add a rule') },
  { path: '/policies', says: 'a rule', opens: (page) => click(page, /^Edit/) },
  { path: '/policies', says: 'JSON', opens: (page) => page.getByText('JSON', { exact: true }).click(), shows: (page) => page.getByLabel('Policy') },
  { path: '/policies', says: 'Try it', opens: (page) => tab(page, 'Try it'), shows: (page) => page.getByLabel('Arguments') },
  { path: '/policies', says: 'On trial', opens: (page) => tab(page, 'On trial'), shows: (page) => page.getByRole('tabpanel') },
  { path: '/policies', says: 'Review and save', opens: reviewPolicy },
  { path: '/audit', says: 'more filters', opens: (page) => click(page, 'More filters'), shows: (page) => page.getByLabel('Rule').first() },
  { path: '/audit?decision=denied', says: 'a call', opens: (page) => page.getByRole('table').getByRole('button').first().click() },
  { path: '/audit?kind=admin', says: 'a change', opens: (page) => page.getByRole('table').getByRole('button').first().click() },
  { path: '/audit', says: 'Export', opens: (page) => click(page, 'Export') },
  { path: '/audit', says: 'Verify', opens: (page) => click(page, 'Verify') },
] // prettier-ignore

describe('whatever opens on a page, in both themes, on a laptop and on a phone', { concurrency: true }, () => {
  const half = Math.ceil(DIALOGS.length / 2)
  for (const [part, dialogs] of [DIALOGS.slice(0, half), DIALOGS.slice(half)].entries()) {
    test(`has no barriers and stays in its window (${part + 1} of 2)`, async () => {
      await inBrowser(async (page) => {
        await demo.owner(page)
        for (const { path, says, opens, shows } of dialogs) {
          await page.setViewportSize(LAPTOP)
          await open(page, `${demo.adminUrl}/t/${demo.slug}${path}`)
          await opens(page)
          await (shows?.(page) ?? page.getByRole('dialog')).waitFor()
          await lookAtAll(page, `${says} on ${path}`)
        }
      })
    })
  }

  test('has no barriers and stays in its window, for the operator', async () => {
    await inBrowser(async (page) => {
      await demo.operator(page)
      for (const opens of [
        () => click(page, 'New teamspace'),
        () => choose(page, 'Actions for Globex', 'Rename'),
        () => choose(page, 'Actions for Globex', 'Remove'),
      ]) {
        await open(page, `${demo.adminUrl}/teamspaces`)
        await opens()
        await page.getByRole('dialog').waitFor()
        await lookAtAll(page, 'a dialog of teamspaces')
      }
      await open(page, `${demo.adminUrl}/account`)
      await click(page, 'Sign out everywhere')
      await page.getByRole('dialog').waitFor()
      await lookAtAll(page, 'Sign out everywhere')
      assert.ok(await page.getByRole('dialog').isVisible())
    })
  })
})

async function checkFile(page: Page): Promise<void> {
  const rows = ['email,object_id', 'ann@acme.example,aaaaaaaa-0001-4000-8000-000000000901', 'bob@acme.example,nonsense']
  const file = { name: 'people.csv', mimeType: 'text/csv', buffer: Buffer.from(rows.join('\n')) }
  const chooser = page.waitForEvent('filechooser')
  await page.getByLabel('CSV file').first().click()
  await (await chooser).setFiles(file)
  await click(page, 'Check the file')
}

async function mint(page: Page): Promise<void> {
  await click(page, 'Mint token')
  await page.getByLabel('Name').fill('Laptop')
  await page.getByRole('dialog').getByRole('button', { name: 'Mint token' }).click()
}

async function reviewPolicy(page: Page): Promise<void> {
  await page.getByRole('radio', { name: 'Deny' }).click()
  await click(page, 'Review and save')
}
