import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { DEMO_PORT_COUNT } from '../../../apps/sallyport/src/demo/demo-ports.ts'
import { startDemo } from '../../../apps/sallyport/src/demo/start-demo.ts'
import { freePort } from '../../support/free-port.ts'
import { clientOfPerson, clientWithToken } from './mcp-clients.ts'
import { OPERATOR } from '../../support/console-browser.ts'

/** The demo, with its weeks of traffic, and how its people get into its console. */
export async function startDemoConsole(portBase?: number) {
  const folder = await mkdtemp(join(tmpdir(), 'sallyport-console-'))
  const demo = await startDemo(portBase ?? (await freePort(DEMO_PORT_COUNT)), folder)
  const { adminUrl, teamspaces, mcpToken } = demo.file
  const { slug, mcpUrl, users } = teamspaces[0]!
  const [owner, developer] = [users[0]!, users[1]!]
  // Servers are known by what clients ask them.
  for (const client of [await clientOfPerson(mcpUrl, owner), await clientWithToken(mcpToken.mcpUrl, mcpToken.token)]) {
    await client.listTools()
    await client.close()
  }
  return {
    adminUrl,
    /** Makes the operator; to look at it does not use it up. */
    bootstrapLink: demo.bootstrapLink!,
    /** The teamspace of the owner and the developer. */
    slug,
    owner: (page: Page) => signInWithEntra(page, adminUrl, owner),
    developer: (page: Page) => signInWithEntra(page, adminUrl, developer),
    /** Once: the link works for one. */
    operator: (page: Page) => openLink(page, demo.bootstrapLink!),
    async close() {
      await demo.close()
      await rm(folder, { recursive: true })
    },
  }
}

export type DemoConsole = Awaited<ReturnType<typeof startDemoConsole>>

async function signInWithEntra(page: Page, adminUrl: string, { email, password }: { email: string; password: string }) {
  await page.goto(`${adminUrl}/sign-in`)
  await page.getByLabel('E-mail').fill(email)
  await page.getByRole('button', { name: 'Continue' }).click()
  await page.getByLabel('Password').fill(password)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByRole('navigation', { name: 'Pages' }).waitFor()
}

export async function openLink(page: Page, link: string): Promise<void> {
  await page.goto(link)
  await page.getByLabel('E-mail').fill(OPERATOR.email)
  await page.getByLabel('Password', { exact: true }).fill(OPERATOR.password)
  await page.getByLabel('Password again').fill(OPERATOR.password)
  await page.getByRole('button', { name: 'Create the account' }).click()
  await page.getByRole('navigation', { name: 'Pages' }).waitFor()
}
