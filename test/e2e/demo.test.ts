import assert from 'node:assert/strict'
import { readFile, stat } from 'node:fs/promises'
import { connect, createServer } from 'node:net'
import { join } from 'node:path'
import { describe, test, type TestContext } from 'node:test'
import type { DemoFile } from '../../apps/sallyport/src/demo/demo-files.ts'
import { freePort } from '../support/free-port.ts'
import { runProgram, SALLYPORT, startProgram, temporaryFolder } from './support/program.ts'

const PORTS = 6
const READY_WITHIN_MS = 30_000
const STOPPED_WITHIN_MS = 5_000

describe('the demo', { concurrency: true, timeout: 120_000 }, () => {
  test('is ready within 30 s, and the tour of it holds', async (t) => {
    const { data, portBase, demo } = await readyDemo(t)
    await checkDemoFile(data)

    await theTourHolds(t, data)

    const asked = performance.now()
    const { code, signal, stderr } = await demo.end('SIGINT')
    assert.deepEqual({ code, signal, stderr: ownWords(stderr) }, { code: 0, signal: null, stderr: '' })
    assert.ok(performance.now() - asked < STOPPED_WITHIN_MS)
    const ports = Array.from({ length: PORTS }, (_, index) => portBase + index)
    assert.deepEqual(await Promise.all(ports.map(isListening)), Array<boolean>(PORTS).fill(false))
  })

  test('keeps what was changed while it ran, over a Ctrl-C and over a kill -9', async (t) => {
    const { data, portBase, demo } = await readyDemo(t)
    const config = ['--config', join(data, 'sallyport.yaml')]
    const { email, oid } = (await readDemo(data)).teamspaces[0]!.strangers[0]!
    const added = await sallyport(t, ['member', 'add', 'acme', '--email', email, '--oid', oid, ...config])
    assert.equal(added.code, 0, added.stderr)
    const removed = await sallyport(t, ['policy', 'remove', 'acme', ...config])
    assert.match(removed.stdout, /^Removed the policy of acme/)
    const isMember = async () => (await sallyport(t, ['member', 'list', 'acme', ...config])).stdout.includes(email)

    await demo.end('SIGINT')
    const second = await readyDemo(t, { data, portBase })
    assert.ok(await isMember())
    const { stdout } = await sallyport(t, ['policy', 'show', 'acme', ...config])
    assert.match(stdout, /rules: \[\]/)

    await second.demo.end('SIGKILL')
    const third = await readyDemo(t, { data, portBase })
    assert.ok(await isMember())
    await third.demo.end('SIGINT')
  })

  test('keeps its token over a start, and mints another when it does not open the gate any more', async (t) => {
    const first = await readyDemo(t)
    const config = ['--config', join(first.data, 'sallyport.yaml')]
    const { token } = (await readDemo(first.data)).mcpToken
    assert.equal((await stat(join(first.data, 'acme.mcp-token'))).mode & 0o777, 0o600)

    await first.demo.end('SIGINT')
    const second = await readyDemo(t, first)
    assert.equal((await readDemo(first.data)).mcpToken.token, token)
    const [{ id }] = JSON.parse((await sallyport(t, ['token', 'list', 'acme', '--json', ...config])).stdout)
    const revoked = await sallyport(t, ['token', 'revoke', 'acme', id, ...config])
    assert.equal(revoked.code, 0, revoked.stderr)

    await second.demo.end('SIGINT')
    await readyDemo(t, first)
    const { mcpToken } = await readDemo(first.data)
    assert.notEqual(mcpToken.token, token)
    assert.equal(await readFile(join(first.data, 'acme.mcp-token'), 'utf8'), `${mcpToken.token}\n`)
    const headers = { authorization: `Bearer ${mcpToken.token}` }
    assert.notEqual((await fetch(mcpToken.mcpUrl, { method: 'POST', headers })).status, 401)
  })

  test('moves to other ports with all its people', async (t) => {
    const { data, demo } = await readyDemo(t)
    await demo.end('SIGINT')
    await readyDemo(t, { data, portBase: await freePort(PORTS) })
    await theTourHolds(t, data)
  })

  test('says in one line which port is in use, and leaves nothing behind', async (t) => {
    const data = join(await temporaryFolder(t), 'data')
    const portBase = await freePort(PORTS)
    const squatter = createServer().listen(portBase + 5, '127.0.0.1')
    t.after(() => squatter.close())
    const { code, stdout, stderr } = await sallyport(t, demoArgs({ data, portBase }))
    assert.notEqual(code, 0)
    assert.equal(stdout, '')
    assert.match(ownWords(stderr), new RegExp(`^sallyport: port ${portBase + 5} is in use.*--port-base\\n$`))
    await assert.rejects(stat(data), { code: 'ENOENT' })
  })

  test('refuses a folder that another demo is using, and that one goes on', async (t) => {
    const { data, demo } = await readyDemo(t)
    const before = await readFile(join(data, 'demo.json'), 'utf8')
    const { code, stdout, stderr } = await sallyport(t, demoArgs({ data, portBase: await freePort(PORTS) }))
    assert.deepEqual([code, stdout], [1, ''])
    assert.match(ownWords(stderr), new RegExp(`^sallyport: The database .* is in use by process ${demo.pid} .*\\n$`))
    assert.equal(await readFile(join(data, 'demo.json'), 'utf8'), before)
    assert.equal((await sallyport(t, ['tour', '--data', data])).code, 0)
  })

  test('has a tour that fails when a promise does not hold', async (t) => {
    const { data } = await readyDemo(t)
    const config = ['--config', join(data, 'sallyport.yaml')]
    const removed = await sallyport(t, ['connection', 'remove', 'acme', ...config])
    assert.equal(removed.code, 0, removed.stderr)

    const tour = await sallyport(t, ['tour', '--data', data])
    assert.equal(tour.code, 1)
    assert.match(tour.stdout, /^FAIL an unmodified MCP client signs in/m)
    assert.match(tour.stderr, /^sallyport: \d+ of \d+ promises did not hold\n$/)
  })

  test('has a tour that says what to do when there is no demo', async (t) => {
    const { code, stderr } = await sallyport(t, ['tour', '--data', await temporaryFolder(t)])
    assert.equal(code, 1)
    assert.match(stderr, /^sallyport: no demo is described in .*demo\.json: run `npm start` first.*\n$/)
  })
})

interface Place {
  readonly data: string
  readonly portBase: number
}

const demoArgs = ({ data, portBase }: Place) => ['demo', '--port-base', String(portBase), '--data', data]

const sallyport = (t: TestContext, args: readonly string[]) => runProgram(t, [SALLYPORT, ...args])

/** The provider's library has a word of its own for each Node that is not a long-term release yet. */
const ownWords = (stderr: string) => stderr.replace(/^oidc-provider WARNING: Unsupported runtime.*\n/, '')

async function readyDemo(t: TestContext, place?: Place) {
  const { data, portBase } = place ?? { data: await temporaryFolder(t), portBase: await freePort(PORTS) }
  const startedAt = performance.now()
  const demo = startProgram(t, [SALLYPORT, ...demoArgs({ data, portBase })])
  await demo.sees(/Sallyport is ready/)
  assert.ok(performance.now() - startedAt < READY_WITHIN_MS)
  return { data, portBase, demo }
}

async function theTourHolds(t: TestContext, data: string): Promise<void> {
  const tour = await sallyport(t, ['tour', '--data', data])
  const lines = tour.stdout.trimEnd().split('\n')
  assert.equal(tour.code, 0, tour.stdout + tour.stderr)
  assert.ok(lines.length >= 28)
  assert.deepEqual(
    lines.filter((line) => !line.startsWith('ok ')),
    [],
  )
}

function isListening(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1')
  return new Promise((resolve) => {
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false))
  }).finally(() => socket.destroy()) as Promise<boolean>
}

const readDemo = async (data: string) => JSON.parse(await readFile(join(data, 'demo.json'), 'utf8')) as DemoFile

async function checkDemoFile(data: string) {
  assert.equal((await stat(join(data, 'demo.json'))).mode & 0o777, 0o600)
  const demo = await readDemo(data)
  const { publicUrl, adminUrl, emulatorUrl, identityProviderUrl, clusterUrl, upstreamUrl, mcpUrl } = demo
  for (const url of [publicUrl, adminUrl, emulatorUrl, identityProviderUrl, clusterUrl, upstreamUrl, mcpUrl]) {
    assert.equal(new URL(url).hostname, '127.0.0.1')
  }
  assert.ok(demo.operatorToken.length >= 43) // 32 bytes
  assert.deepEqual(
    demo.teamspaces.map(({ slug }) => slug),
    ['acme', 'globex'],
  )
  for (const { slug, mcpUrl, tenantId, gatewayClientId, apiClientId, users, strangers } of demo.teamspaces) {
    assert.equal(mcpUrl, `${demo.publicUrl}/t/${slug}/findings/mcp`)
    assert.equal(new Set([tenantId, gatewayClientId, apiClientId]).size, 3)
    assert.ok(users.length > 0 && strangers.length > 0)
    for (const person of [...users, ...strangers])
      assert.deepEqual(Object.keys(person), ['name', 'email', 'oid', 'password'])
  }
  assert.equal(demo.oidc.mcpUrl, `${demo.publicUrl}/t/initech/scanner/mcp`)
  assert.ok(demo.oidc.users.length > 0 && demo.oidc.strangers.length > 0)
  assert.match(demo.mcpToken.token, /^mcpt_[A-Za-z0-9_-]{43}$/)
  for (const file of ['acme.mcp-token', 'crawler.token', 'gateway.secret', 'shared-credential.header']) {
    assert.equal((await stat(join(data, file))).mode & 0o777, 0o600, file)
  }
}
