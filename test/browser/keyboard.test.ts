import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Locator, Page } from 'playwright-core'
import { OPERATOR } from '../support/console-browser.ts'
import { openLink } from './support/demo-console.ts'
import { inBrowser } from './support/in-browser.ts'
import { startNewInstance } from './support/new-instance.ts'

let instance: Awaited<ReturnType<typeof startNewInstance>>
before(async () => {
  instance = await startNewInstance()
  await inBrowser((page) => openLink(page, instance.bootstrapLink))
})
after(() => instance?.close())

test('with keys alone somebody signs in, goes to a page, fills in a dialog, and leaves another', async () => {
  await inBrowser(async (page) => {
    await signIn(page)
    const create = page.getByRole('button', { name: 'New teamspace' }).first()
    await create.waitFor()
    await tabTo(page, create)
    await page.keyboard.press('Enter')
    const dialog = page.getByRole('dialog', { name: 'New teamspace' })
    await assertFocused(dialog.getByLabel('Name'))
    await page.keyboard.type('Acme')
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'Setup guide' }).waitFor()

    await assertFocused(page.getByRole('main'), 'a page that was gone to has the focus')
    await tabBackTo(page, page.getByRole('link', { name: 'Tokens', exact: true }))
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'MCP tokens' }).waitFor()

    const mint = page.getByRole('button', { name: 'Mint token' })
    await mint.waitFor()
    await tabTo(page, mint)
    await page.keyboard.press('Enter')
    const minting = page.getByRole('dialog', { name: 'Mint an MCP token' })
    await assertFocused(minting.getByLabel('Name'))
    for (let presses = 0; presses < 20; presses++) {
      await page.keyboard.press('Tab')
      const isInside = 'document.querySelector("[role=dialog]").contains(document.activeElement)'
      assert.ok(await page.evaluate(isInside), 'the focus stays in the dialog')
    }
    await page.keyboard.press('Escape')
    await minting.waitFor({ state: 'detached' })
    await assertFocused(mint, 'the focus is back where it came from')
  })
})

test('the first key leads past the navigation', async () => {
  await inBrowser(async (page) => {
    await signIn(page)
    await page.goto(`${instance.adminUrl}/teamspaces`)
    await page.getByRole('heading', { level: 1, name: 'Teamspaces' }).waitFor()

    await page.keyboard.press('Tab')
    await assertFocused(page.getByRole('link', { name: 'Skip to the page' }))
    await page.keyboard.press('Enter')
    await page.keyboard.press('Tab')
    await assertFocused(page.getByRole('button', { name: 'New teamspace' }))
  })
})

async function signIn(page: Page): Promise<void> {
  await page.goto(`${instance.adminUrl}/sign-in`)
  await assertFocused(page.getByLabel('E-mail'))
  await page.keyboard.type(OPERATOR.email)
  await page.keyboard.press('Enter')
  await assertFocused(page.getByRole('textbox', { name: 'Password' }))
  await page.keyboard.type(OPERATOR.password)
  await page.keyboard.press('Enter')
  // Where there is one teamspace, to that.
  await page.getByRole('heading', { level: 1, name: /^(?:Teamspaces|Overview)$/ }).waitFor()
}

const MOST_STOPS = 40

const tabTo = (page: Page, wanted: Locator) => pressUntil(page, 'Tab', wanted)
const tabBackTo = (page: Page, wanted: Locator) => pressUntil(page, 'Shift+Tab', wanted)

async function pressUntil(page: Page, key: string, wanted: Locator): Promise<void> {
  for (let stops = 0; stops < MOST_STOPS; stops++) {
    if (await isFocused(wanted)) return
    await page.keyboard.press(key)
  }
  assert.fail(`${wanted} cannot be reached by ${key}`)
}

const isFocused = async (wanted: Locator) => (await wanted.and(wanted.page().locator(':focus')).count()) > 0

/** As soon as it is; dialogs take it when they are there. */
async function assertFocused(wanted: Locator, says = `${wanted} has the focus`): Promise<void> {
  const focused = wanted.and(wanted.page().locator(':focus'))
  await focused.waitFor().catch(() => assert.fail(says))
}
