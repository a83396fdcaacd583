import assert from 'node:assert/strict'
import type { Page } from 'playwright-core'
import { openBrowser } from '../../support/browser.ts'
import { watchShifts } from './look.ts'

/** A browser of its own: contexts of one share their cookies. Nothing may have gone wrong in it at the end. */
export async function inBrowser(visit: (page: Page) => Promise<void>): Promise<void> {
  const browser = await openBrowser()
  try {
    const page = await (await browser.newContext()).newPage()
    await watchShifts(page)
    await visit(page)
    assert.deepEqual(browser.complaints, [])
    assert.deepEqual(browser.failures, [])
  } finally {
    await browser.close()
  }
}
