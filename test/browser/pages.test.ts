import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { Page } from 'playwright-core'
import { assertAccessible, assertNoSidewaysScroll, LAPTOP, PHONE } from '../support/browser.ts'
import { openLink, startDemoConsole } from './support/demo-console.ts'
import type { DemoConsole } from './support/demo-console.ts'
import { inBrowser } from './support/in-browser.ts'
import { assertSteady, look, open } from './support/look.ts'
import { startNewInstance } from './support/new-instance.ts'

let demo: DemoConsole
before(async () => void (demo = await startDemoConsole()))
after(() => demo?.close())

describe('every page, in both themes, on a laptop and on a phone', { concurrency: true }, () => {
  for (const person of ['owner', 'developer', 'operator'] as const) {
    test(`has no barriers, stays in its window and does not jump, for the ${person}`, async () => {
      await inBrowser(async (page) => {
        await demo[person](page)
        await lookAtPages(page, demo.adminUrl, demo.slug, person)
      })
    })
  }

  test('has no barriers, stays in its window and does not jump, where there is nothing yet', async (t) => {
    const instance = await startNewInstance()
    t.after(() => instance.close())
    await inBrowser(async (page) => {
      await openLink(page, instance.bootstrapLink)
      await lookAt(page, `${instance.adminUrl}/teamspaces`, 'without a teamspace')
      await page.getByRole('button', { name: 'New teamspace' }).first().click()
      await page.getByLabel('Name').fill('Acme')
      await page.getByRole('button', { name: 'Create' }).click()
      await page.waitForURL('**/t/acme/setup')
      await lookAtPages(page, instance.adminUrl, 'acme', 'empty')
    })
  })

  test('has no barriers in front of the door either', async () => {
    await inBrowser(async (page) => {
      for (const path of ['/sign-in', '/bootstrap', '/bootstrap#secret'])
        await lookAt(page, `${demo.adminUrl}${path}`, path)
    })
  })
})

/** By the router's own list, so that none is forgotten; with the tabs that have an address. */
async function lookAtPages(page: Page, adminUrl: string, slug: string, whose: string): Promise<void> {
  const paths = (await page.evaluate('Object.keys(__TSR_ROUTER__.routesByPath)')) as string[]
  const inside = paths.filter((path) => !IN_FRONT.has(path)).map((path) => path.replace('$slug', slug))
  assert.ok(inside.length >= 11)
  for (const path of [...inside, ...TABS.map((tab) => `/t/${slug}${tab}`)])
    await lookAt(page, `${adminUrl}${path}`, `${path} (${whose})`)
}

const IN_FRONT: ReadonlySet<string> = new Set(['/sign-in', '/bootstrap'])
const TABS = ['/members#csv', '/members#scim', '/members#group-sync']

async function lookAt(page: Page, url: string, where: string): Promise<void> {
  await open(page, url)
  await assertSteady(page, where)
  await look(page, where)
  assert.deepEqual(await page.getByText(BROKEN).count(), 0, where)
  // The operator sees what an owner sees, which was looked at on a laptop; but for one page.
  if (where.includes('operator') && !where.startsWith('/teamspaces')) return
  await page.setViewportSize(PHONE)
  await open(page, url)
  await assertSteady(page, `${where} on a phone`)
  await assertNoSidewaysScroll(page, `${where} on a phone`)
  if (!where.includes('developer')) await assertAccessible(page, `${where} on a phone`, 'layout')
  await page.setViewportSize(LAPTOP)
}

const BROKEN = /This page broke|There is nothing here/
