import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { test } from 'node:test'
import { bootstrap, createConsoleBrowser, OPERATOR, secretOf } from '../../../../test/support/console-browser.ts'
import { freePort } from '../../../../test/support/free-port.ts'
import { loadConfig } from '../config/load-config.ts'
import { startSallyport } from '../serve/start.ts'
import { installation } from './installation.fixture.ts'

const yaml = (publicPort: number, adminPort: number, more = '') => `publicUrl: http://127.0.0.1:${publicPort}
listen: { public: 127.0.0.1:${publicPort}, admin: 127.0.0.1:${adminPort} }
servers: { notes: { path: /notes/mcp, upstream: 'http://127.0.0.1:9/mcp', outbound: { kind: none } } }
${more}`

test('reset-link gets an operator in who forgot the password, whether Sallyport runs or not', async (t) => {
  const { config: file, run } = await installation(t)
  await writeFile(file, yaml(await freePort(), await freePort()))
  const start = async () => startSallyport(await loadConfig(file, {}), { log: () => {} })
  const use = async (link: string, password: string) => {
    const browser = createConsoleBrowser(new URL(link).origin)
    return (await browser.post('/console/bootstrap', { ...OPERATOR, password, secret: secretOf(link) })).status
  }

  const running = await start()
  await bootstrap({ adminUrl: running.adminUrl, sallyport: running })
  const { code, out } = await run('console', 'reset-link')
  const [link = '', hint] = out.split('\n')
  assert.deepEqual([code, hint], [0, 'It works once, within a day; an older link no longer does.'])
  assert.equal(await use(link, 'another horse battery'), 200)
  assert.equal(await use(link, 'another horse battery'), 403)
  await running.close()

  const offline = JSON.parse((await run('console', 'reset-link', '--json')).out) as { link: string }
  const again = await start()
  t.after(() => again.close())
  assert.equal(again.bootstrapLink, undefined, 'there is an operator')
  assert.equal(await use(offline.link, 'a third horse battery'), 200)
})

test('reset-link says so where there is no console', async (t) => {
  const { config: file, run } = await installation(t)
  await writeFile(file, yaml(1, 2).replace('admin: 127.0.0.1', 'admin: 0.0.0.0'))
  const { code, err } = await run('console', 'reset-link')
  assert.deepEqual([code, err], [1, 'sallyport: There is no console: console.url is not set'])
})
