import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { createGuardedFetch } from './guarded-fetch.ts'
import type { GuardedFetchOptions } from './guarded-fetch.ts'

async function serve(t: TestContext, listener: RequestListener) {
  const server = createServer(listener).listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => {
    server.closeAllConnections()
    server.close()
  })
  return (server.address() as AddressInfo).port
}

const causeOf = (url: string, options?: GuardedFetchOptions) =>
  createGuardedFetch(options)(url).then(
    () => 'answered',
    (error: { cause?: { code?: string; message?: string } }) => error.cause?.code ?? error.cause?.message,
  )

/** Name resolution that answers what it is told. */
const resolvingTo =
  (...addresses: string[]): NonNullable<GuardedFetchOptions['lookup']> =>
  (_hostname, _options, done) =>
    done(
      null,
      addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
    )

test('what is not public is not asked, by address or by name, however it is written', async (t) => {
  let asked = 0
  const port = await serve(t, (_request, response) => void response.end(String(++asked)))
  for (const host of ['127.0.0.1', '2130706433', '0x7f.1', '[::1]', '[::ffff:7f00:1]', 'localhost', '10.0.0.1']) {
    assert.equal(await causeOf(`https://${host}:${port}/`), 'ADDRESS_NOT_PUBLIC', host)
  }
  for (const address of ['127.0.0.1', '10.0.0.1', '169.254.169.254', 'fd00::1', '::ffff:127.0.0.1']) {
    const lookup = resolvingTo(address)
    assert.equal(await causeOf(`https://idp.example:${port}/`, { lookup }), 'ADDRESS_NOT_PUBLIC', address)
  }
  assert.equal(asked, 0)
})

test('one private address among the public ones of a name spoils them all', async () => {
  const lookup = resolvingTo('8.8.8.8', '127.0.0.1')
  assert.equal(await causeOf('https://idp.example/', { lookup }), 'ADDRESS_NOT_PUBLIC')
})

test('link-local addresses stay closed whatever is allowed', async () => {
  const allowAll = { allowLoopback: true, allowPrivate: true }
  assert.equal(await causeOf('https://169.254.169.254/', allowAll), 'ADDRESS_NOT_PUBLIC')
  const lookup = resolvingTo('169.254.169.254')
  assert.equal(await causeOf('https://metadata.example/', { ...allowAll, lookup }), 'ADDRESS_NOT_PUBLIC')
})

test('plain http goes nowhere but to this machine, and only where that is allowed', async (t) => {
  const port = await serve(t, (_request, response) => void response.end('here'))
  assert.equal(await causeOf(`http://127.0.0.1:${port}/`), 'ADDRESS_NOT_PUBLIC')
  assert.equal(await causeOf('http://idp.example/', { allowLoopback: true }), 'ADDRESS_NOT_PUBLIC')
  assert.equal(await causeOf('http://10.0.0.1/', { allowPrivate: true }), 'ADDRESS_NOT_PUBLIC')
  for (const host of ['127.0.0.1', 'localhost']) {
    const response = await createGuardedFetch({ allowLoopback: true })(`http://${host}:${port}/`)
    assert.equal(await response.text(), 'here')
  }
})

test('a name on the loopback that resolves elsewhere is judged by where it leads', async () => {
  const lookup = resolvingTo('10.0.0.1')
  assert.equal(await causeOf('http://localhost:39000/', { allowLoopback: true, lookup }), 'ADDRESS_NOT_PUBLIC')
})

test('the connection goes to the address that was judged, and the name is asked once', async (t) => {
  const port = await serve(t, (request, response) => void response.end(request.headers.host))
  let asked = 0
  const lookup: GuardedFetchOptions['lookup'] = (hostname, options, done) =>
    resolvingTo(asked++ === 0 ? '127.0.0.1' : '10.0.0.1')(hostname, options, done)
  const response = await createGuardedFetch({ allowLoopback: true, lookup })(`http://localhost:${port}/`)
  assert.equal(await response.text(), `localhost:${port}`)
  assert.equal(asked, 1)
})

test('redirects are not followed, and what is too long is cut off', async (t) => {
  const port = await serve(t, (request, response) => {
    if (request.url === '/moved') return void response.writeHead(302, { location: '/' }).end()
    response.end(Buffer.alloc(3 * 1024 * 1024))
  })
  const guarded = createGuardedFetch({ allowLoopback: true })
  await assert.rejects(guarded(`http://127.0.0.1:${port}/moved`))
  await assert.rejects(guarded(`http://127.0.0.1:${port}/moved`, { redirect: 'follow' }))
  assert.equal((await guarded(`http://127.0.0.1:${port}/moved`, { redirect: 'manual' })).status, 302)
  await assert.rejects(guarded(`http://127.0.0.1:${port}/`).then((response) => response.arrayBuffer()))
})
