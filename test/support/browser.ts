import assert from 'node:assert/strict'
import packedChromium from '@sparticuz/chromium'
import axe from 'axe-core'
import { chromium } from 'playwright-core'
import type { Browser, BrowserContext, Page, Request } from 'playwright-core'

export type ColorScheme = 'light' | 'dark'

export interface PageOptions {
  readonly colorScheme?: ColorScheme
  /** CSS pixels. */
  readonly viewport?: { readonly width: number; readonly height: number }
}

export const LAPTOP = { width: 1280, height: 800 }
export const PHONE = { width: 360, height: 740 }

/** For anything that a page is waited for; it is not reached while all is well. */
const PATIENCE_MS = 10_000

/** Of a card that is emulated: painting takes twice as long with it, and looks no different. */
const OF_GRAPHICS_CARD = /^--(use-gl|use-angle|ignore-gpu-blocklist|in-process-gpu|enable-unsafe-swiftshader)\b/

/** A real browser that keeps what pages complain of. */
export async function openBrowser() {
  const browser: Browser = await chromium.launch({
    executablePath: await packedChromium.executablePath(),
    args: [...packedChromium.args.filter((arg) => !OF_GRAPHICS_CARD.test(arg)), '--disable-gpu'],
  })
  const complaints: string[] = []
  const failures: string[] = []
  return {
    /** Everything that a content security policy kept from happening, and whatever was thrown and not caught. */
    complaints,
    /** Requests that were answered 400 or worse, or not at all. */
    failures,
    async newContext({ colorScheme = 'light', viewport = LAPTOP }: PageOptions = {}): Promise<BrowserContext> {
      const context = await browser.newContext({ colorScheme, viewport, reducedMotion: 'reduce', locale: 'en-US' })
      context.setDefaultTimeout(PATIENCE_MS)
      await context.exposeFunction('reportComplaint', (text: string) => void complaints.push(text))
      await context.addInitScript(listenForViolations)
      context.on('response', (response) => {
        if (response.status() >= 400) failures.push(`${response.status()} ${nameOf(response.request())}`)
      })
      context.on('requestfailed', (request) => {
        const { errorText = '' } = request.failure() ?? {}
        if (errorText !== GIVEN_UP) failures.push(`${errorText} ${nameOf(request)}`)
      })
      context.on('weberror', (error) => void complaints.push(`not caught: ${error.error().message}`))
      context.on('console', (message) => {
        if (/content.security.policy/i.test(message.text())) complaints.push(message.text())
      })
      return context
    },
    close: () => browser.close(),
  }
}

/** By the page itself, when what was asked for is not needed any more. */
const GIVEN_UP = 'net::ERR_ABORTED'

const nameOf = (request: Request) => `${request.method()} ${new URL(request.url()).pathname}`

export type TestBrowser = Awaited<ReturnType<typeof openBrowser>>

/** Runs in the page. */
function listenForViolations(): void {
  const page = globalThis as unknown as {
    addEventListener(type: string, listener: (event: Record<string, unknown>) => void): void
    reportComplaint(text: string): void
  }
  page.addEventListener('securitypolicyviolation', (event) =>
    page.reportComplaint(`${String(event['violatedDirective'])} kept out ${String(event['blockedURI'])}`),
  )
}

const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']
/** A theme changes the contrast and nothing else; the width of a window, all but that. */
const RULES = {
  all: { runOnly: TAGS },
  contrast: { runOnly: ['color-contrast'] },
  layout: { runOnly: TAGS, rules: { 'color-contrast': { enabled: false } } },
}
const GRAVE = new Set(['serious', 'critical'])
const EXAMPLES = 4

/** Asserts that axe finds nothing serious on what the page shows now (WCAG 2.2 AA). */
export async function assertAccessible(page: Page, where: string, looksAt: keyof typeof RULES = 'all'): Promise<void> {
  // Not as an element of the page, whose policy would keep it out.
  if (!(await page.evaluate('"axe" in globalThis'))) await page.evaluate(axe.source)
  const options = { ...RULES[looksAt], resultTypes: ['violations'] }
  const found = (await page.evaluate(`axe.run(document, ${JSON.stringify(options)})`)) as axe.AxeResults
  const grave = found.violations.filter(({ impact }) => GRAVE.has(impact ?? ''))
  assert.deepEqual(grave.map(sayViolation), [], `${where} has barriers`)
}

const sayViolation = ({ id, help, nodes }: axe.Result): string =>
  `${id}: ${help}\n  ${nodes
    .slice(0, EXAMPLES)
    .map(({ html }) => html)
    .join('\n  ')}`

/** Asserts that nothing stands out of the window to the right: on a phone, pages scroll down only. */
export async function assertNoSidewaysScroll(page: Page, where: string): Promise<void> {
  const [wide, window] = (await page.evaluate(
    '[document.documentElement.scrollWidth, document.documentElement.clientWidth]',
  )) as [number, number]
  assert.ok(wide <= window, `${where} is ${wide} wide in a window of ${window}`)
}
