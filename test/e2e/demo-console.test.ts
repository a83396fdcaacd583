import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { signInSilently } from 'entra-emulator'
import { DEMO_PORT_COUNT } from '../../apps/sallyport/src/demo/demo-ports.ts'
import { startDemo } from '../../apps/sallyport/src/demo/start-demo.ts'
import { bootstrap, createConsoleBrowser } from '../support/console-browser.ts'
import { freePort } from '../support/free-port.ts'
import { browse } from '../support/oidc-idp.ts'

test('the people of the demo sign in to its console, and its operator by the link', { timeout: 60_000 }, async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'sallyport-demo-'))
  const demo = await startDemo(await freePort(DEMO_PORT_COUNT), folder)
  t.after(async () => {
    await demo.close()
    await rm(folder, { recursive: true })
  })
  const { adminUrl, teamspaces, oidc } = demo.file
  const people = [
    ...teamspaces.map(({ slug, users }) => ({ slug, email: users[0]!.email, goThere: signInSilently })),
    {
      slug: oidc.slug,
      email: oidc.users[0]!.email,
      goThere: (url: string, email: string) => browse(new URL(url), { email }),
    },
  ]
  for (const { slug, email, goThere } of people) {
    const browser = createConsoleBrowser(adminUrl)
    const { body } = await browser.post('/console/sign-in', { email })
    const back = await goThere(body.location, email)
    assert.equal((await browser.get(`${back.pathname}${back.search}`)).status, 303, email)
    const { signedIn } = (await browser.get('/console/session')).body
    assert.deepEqual(
      signedIn.teamspaces.map((teamspace: { slug: string }) => teamspace.slug),
      [slug],
    )
  }
  const visitor = createConsoleBrowser(adminUrl)
  assert.equal((await visitor.get('/console/session')).body.needsBootstrap, false, 'these need no operator')
  const operator = await bootstrap({ adminUrl, sallyport: demo })
  assert.equal((await operator.get('/console/session')).body.signedIn.account.isOperator, true)

  const page = { accept: 'text/html' }
  assert.match((await operator.get('/t/acme', page)).headers.get('content-security-policy') ?? '', /'nonce-/)
  const named = await fetch(`${adminUrl.replace('127.0.0.1', 'localhost')}/a?b=c`, {
    headers: page,
    redirect: 'manual',
  })
  assert.deepEqual([named.status, named.headers.get('location')], [307, `${adminUrl}/a?b=c`])
})
