import { mkdir, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import type { Page } from 'playwright-core'
import { startDemoConsole } from '../test/browser/support/demo-console.ts'
import type { DemoConsole } from '../test/browser/support/demo-console.ts'
import { smallPng } from './small-png.ts'
import { LAPTOP, openBrowser, PHONE } from '../test/support/browser.ts'
import type { ColorScheme, TestBrowser } from '../test/support/browser.ts'

// node scripts/screenshots.ts [name…]: every page of the console, light and dark, into docs/images

const folder = fileURLToPath(new URL('../docs/images/', import.meta.url))
const wanted = process.argv.slice(2)

interface Shot {
  readonly name: string
  readonly path: string
  /** Brings the page to what is worth showing. */
  readonly act?: (page: Page) => Promise<void>
  /** On a phone as well. */
  readonly onPhone?: boolean
}

const shotsOf = (slug: string): readonly Shot[] => [
  { name: 'overview', path: `/t/${slug}`, onPhone: true },
  { name: 'setup', path: `/t/${slug}/setup` },
  { name: 'connections', path: `/t/${slug}/connections`, act: testConnection },
  { name: 'connection-form', path: `/t/${slug}/connections`, act: editConnection },
  { name: 'members', path: `/t/${slug}/members`, onPhone: true },
  { name: 'members-csv', path: `/t/${slug}/members#csv` },
  { name: 'members-scim', path: `/t/${slug}/members#scim` },
  { name: 'members-group-sync', path: `/t/${slug}/members#group-sync` },
  { name: 'tokens', path: `/t/${slug}/tokens` },
  { name: 'token-minted', path: `/t/${slug}/tokens`, act: mintToken },
  { name: 'policies', path: `/t/${slug}/policies`, onPhone: true },
  { name: 'policies-try', path: `/t/${slug}/policies`, act: tryPolicy },
  { name: 'audit', path: `/t/${slug}/audit`, onPhone: true },
  { name: 'audit-explained', path: `/t/${slug}/audit?decision=denied`, act: explain },
  { name: 'servers', path: `/t/${slug}/servers` },
  { name: 'account', path: '/account' },
]

// Where the addresses are those of the docs, unless a demo is running there.
const demo = await startDemoConsole(8080).catch(() => startDemoConsole())
const browser = await openBrowser()
try {
  await mkdir(folder, { recursive: true })
  await shootAll(demo, browser)
} finally {
  await browser.close()
  await demo.close()
}

async function shootAll(
  { adminUrl, bootstrapLink, slug, owner, operator }: DemoConsole,
  { newContext }: TestBrowser,
): Promise<void> {
  const context = await newContext()
  const page = await context.newPage()
  await page.goto(bootstrapLink)
  if (isWanted('bootstrap')) await shoot(page, 'bootstrap')
  await page.goto(`${adminUrl}/sign-in`)
  if (isWanted('sign-in')) await shoot(page, 'sign-in')
  await owner(page)
  for (const { name, path, act, onPhone = false } of shotsOf(slug).filter((shot) => isWanted(shot.name))) {
    const show = async () => {
      await page.goto('about:blank')
      await page.goto(`${adminUrl}${path}`)
      await settled(page)
      await act?.(page)
    }
    await page.setViewportSize(LAPTOP)
    await show()
    await shoot(page, name)
    if (!onPhone) continue
    await page.setViewportSize(PHONE)
    await show()
    await shoot(page, `${name}-phone`)
  }
  if (!isWanted('teamspaces')) return
  await context.clearCookies()
  await page.setViewportSize(LAPTOP)
  await operator(page)
  await page.goto(`${adminUrl}/teamspaces`)
  await shoot(page, 'teamspaces')
}

function isWanted(name: string): boolean {
  return wanted.length === 0 || wanted.includes(name)
}

async function shoot(page: Page, name: string): Promise<void> {
  await page.mouse.move(0, 0)
  for (const colorScheme of ['light', 'dark'] satisfies ColorScheme[]) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
    await settled(page)
    const shot = await page.screenshot({ animations: 'disabled' })
    await writeFile(`${folder}${name}-${colorScheme}.png`, smallPng(shot))
  }
}

/** Nothing is under way any more, and what came of it is on the screen. */
async function settled(page: Page): Promise<void> {
  await page.waitForLoadState('networkidle')
  await page.evaluate('document.fonts.ready.then(() => new Promise(requestAnimationFrame))')
}

async function testConnection(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Test connection' }).first().click()
  await page.getByText('It works').waitFor()
}

async function editConnection(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Edit' }).first().click()
  await page.getByLabel('Tenant ID').waitFor()
}

async function mintToken(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Mint token' }).first().click()
  await page.getByLabel('Name').fill('Nightly report')
  await page.getByRole('dialog').getByRole('button', { name: 'Mint token' }).click()
  await page.getByRole('dialog', { name: 'The token Nightly report' }).waitFor()
}

async function tryPolicy(page: Page): Promise<void> {
  await page.getByRole('tab', { name: 'Try it' }).click()
  await page.getByRole('combobox', { name: 'Server' }).click()
  await page.getByRole('option', { name: 'findings' }).click()
  await page.getByRole('combobox', { name: 'Tool', exact: true }).fill('list_dast_results')
  await page.getByRole('button', { name: 'Try it' }).click()
  await page.getByRole('status', { name: 'Decision' }).getByText('attacks are for owners').first().waitFor()
}

/** One that a rule of the policy refused. */
async function explain(page: Page): Promise<void> {
  const refused = page.getByRole('table').getByRole('row').filter({ hasText: 'call_forbidden' })
  await refused.first().getByRole('button').click()
  await page.getByRole('dialog').waitFor()
}
