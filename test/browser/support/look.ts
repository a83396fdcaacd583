import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'
import { errors } from 'playwright-core'
import type { Page } from 'playwright-core'
import { assertAccessible, assertNoSidewaysScroll, LAPTOP, PHONE } from '../../support/browser.ts'

/** Where Google's *good* ends. */
const MOST_SHIFT = 0.1
const QUIET_MS = 120
const SETTLED_WITHIN_MS = 2_000

/** Before any page is opened: what moves without having been asked to is counted. */
export async function watchShifts(page: Page): Promise<void> {
  await page.addInitScript(`globalThis.shift = 0
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) if (!entry.hadRecentInput) globalThis.shift += entry.value
}).observe({ type: 'layout-shift', buffered: true })`)
}

/** Opens a page and lets it come to rest: nothing is asked for any more, and what was is shown. */
export async function open(page: Page, url: string): Promise<void> {
  await page.goto('about:blank') // or another fragment of the same page would not be loaded
  await page.goto(url)
  await page.getByRole('heading', { level: 1 }).waitFor()
  await rest(page)
}

/** As many requests have ended as were begun, and none begins. */
export async function rest(page: Page): Promise<void> {
  const seen = () => page.evaluate('performance.getEntriesByType("resource").length') as Promise<number>
  for (let before = -1, now = await seen(); before !== now;) {
    await page.waitForFunction('document.querySelectorAll("[aria-busy=true]").length === 0')
    await sleep(QUIET_MS)
    ;[before, now] = [now, await seen()]
  }
}

/** What is open now, in both themes, on a laptop and on a phone. */
export async function lookAtAll(page: Page, where: string): Promise<void> {
  await look(page, where)
  await page.setViewportSize(PHONE)
  await settle(page)
  await assertNoSidewaysScroll(page, `${where} on a phone`)
  await assertAccessible(page, `${where} on a phone`, 'layout')
  await page.setViewportSize(LAPTOP)
}

/** What floats above a page takes its new place a moment after the window has another size, unless it never does. */
async function settle(page: Page): Promise<void> {
  const hasRoom = 'document.documentElement.scrollWidth <= document.documentElement.clientWidth'
  await page.waitForFunction(hasRoom, undefined, { timeout: SETTLED_WITHIN_MS }).catch((error: unknown) => {
    if (!(error instanceof errors.TimeoutError)) throw error
  })
}

/** In both themes, of which the second can only differ in its colours. */
export async function look(page: Page, where: string): Promise<void> {
  await assertNoSidewaysScroll(page, where)
  await assertAccessible(page, where)
  await page.emulateMedia({ colorScheme: 'dark' })
  await assertAccessible(page, `${where} in the dark`, 'contrast')
  await page.emulateMedia({ colorScheme: 'light' })
}

export async function assertSteady(page: Page, where: string): Promise<void> {
  const shift = (await page.evaluate('globalThis.shift')) as number
  assert.ok(shift < MOST_SHIFT, `${where} jumps while it loads: ${shift.toFixed(3)}`)
}
