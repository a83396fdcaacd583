import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { after, before, describe, test, type TestContext } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { demoSeedUrl, type Emulator, loadSeed, startEmulator } from 'entra-emulator'
import { runCli } from '../../apps/sallyport/src/cli/run-cli.ts'
import { loadConfig } from '../../apps/sallyport/src/config/load-config.ts'
import { freePort } from '../support/free-port.ts'
import { ACME, callMcp, signIn } from '../support/gate.ts'
import { freshDatabase } from '../support/postgres.ts'
import { type RecordingUpstream, startRecordingUpstream } from '../support/recording-upstream.ts'
import { runProgram, SALLYPORT, startProgram, temporaryFolder } from './support/program.ts'

let emulator: Emulator
let upstream: RecordingUpstream
let adaToken: string
before(async () => {
  emulator = await startEmulator({ seed: await loadSeed(demoSeedUrl) })
  upstream = await startRecordingUpstream()
  upstream.answerWith(({ method, body }, response) => {
    if (method === 'GET') return response.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders()
    if (body.includes('slow')) return void setTimeout(() => response.end('{"jsonrpc":"2.0","id":1,"result":{}}'), 2_500)
    response.setHeader('content-type', 'application/json').end('{"jsonrpc":"2.0","id":1,"result":{"tools":[]}}')
  })
  adaToken = await signIn(emulator, ACME, ACME.ada.email)
})
after(async () => {
  await emulator.close()
  await upstream.close()
})

const SLOW = JSON.stringify({ jsonrpc: '2.0', id: 'slow', method: 'ping' })
const MEMBER = ['member', 'add', 'acme', '--email', ACME.ada.email, '--oid', ACME.ada.oid]
const CONNECTION = ['--tenant', ACME.tenantId, '--audience', ACME.gatewayClientId, '--scope', 'Mcp.Gateway.Access']
const SET_UP = [
  ['teamspace', 'create', 'acme', '--name', 'Acme'],
  ['connection', 'set', 'acme', '--entra', '--cloud', 'emulator', ...CONNECTION],
  MEMBER,
]

describe('the program', { concurrency: true, timeout: 60_000 }, () => {
  test('serve starts from its file, is there when it says so, and ends at SIGTERM with nothing left open', async (t) => {
    const { folder, publicUrl, adminUrl, setUp, serve } = await installation(t)
    await setUp()
    const running = await serve()
    const answer = await callMcp(`${publicUrl}/notes/mcp`, adaToken, {})
    assert.equal(answer.status, 200)
    await answer.text()

    const stream = await callMcp(`${publicUrl}/notes/mcp`, adaToken, { method: 'GET' })
    assert.equal(stream.status, 200)
    const asked = performance.now()
    const { code, signal, stdout, stderr } = await running.end('SIGTERM')
    assert.ok(performance.now() - asked < 5_000)
    await assert.rejects(stream.text())
    assert.deepEqual({ code, signal }, { code: 0, signal: null })
    const lines = stderr
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line)) // no warning among them
    const { level, msg, servers } = lines[0]
    const notes = { name: 'notes', auth: ['EntraJwt'], outbound: 'none' }
    assert.deepEqual({ level, msg, servers }, { level: 30, msg: 'Serving', servers: [notes] })
    assert.deepEqual(
      lines.slice(1).map((line) => [line.level, line.msg, line.server, line.status]),
      [200, 200].map((status) => [30, 'call', 'notes', status]),
    )
    const secret = /#([\w-]{43})$/m.exec(stdout)?.[1]
    assert.deepEqual(stdout.split('\n'), [
      `notes: ${publicUrl}/notes/mcp → ${upstream.url}`,
      `admin: ${adminUrl}`,
      `console: ${adminUrl}`,
      `first sign-in, once: ${adminUrl}/bootstrap#${secret}`,
      'Sallyport is ready',
      '',
    ])
    assert.ok(!(await readdir(folder)).some((name) => name.endsWith('-instance') || name.endsWith('-wal')))
    await assert.rejects(fetch(`${publicUrl}/healthz`))
  })

  test('serve names every problem of a bad file with its line, before it opens a port or a database', async (t) => {
    const { folder, ports, configFile, program } = await installation(t)
    const squatters = ports.map((port) => createServer().listen(port, '127.0.0.1'))
    t.after(() => squatters.forEach((squatter) => squatter.close()))
    const bad = [
      'publicUrl: http://gate.example',
      `listen: { public: 127.0.0.1:${ports[0]}, admin: 127.0.0.1:${ports[1]} }`,
      'servers:',
      '  notes:',
    ]
    await writeFile(configFile, [...bad, '    path: notes', '    upstream: nowhere', '    speed: 9', ''].join('\n'))

    const { code, stdout, stderr } = await program('serve')
    assert.deepEqual([code, stdout], [1, ''])
    assert.match(stderr, /sallyport\.yaml:\n/)
    const problems: [number, string][] = [
      [1, 'publicUrl'],
      [5, 'servers.notes.path'],
      [6, 'servers.notes.upstream'],
      [4, 'servers.notes.outbound'],
      [7, 'servers.notes.speed'],
    ]
    for (const [line, setting] of problems) assert.match(stderr, new RegExp(`^ *line ${line}: ${setting}:? `, 'm'))
    assert.deepEqual(await readdir(folder), ['sallyport.yaml'])
  })

  test('a start that fails says why at once, whatever is announced at the end of one that does not', async (t) => {
    const { program, ports, configFile } = await installation(t)
    const squatter = createServer().listen(ports[0], '127.0.0.1')
    t.after(() => squatter.close())
    await writeFile(configFile, 'shutdown: { announceSeconds: 300 }\n', { flag: 'a' })
    const { code, stderr } = await program('serve')
    assert.equal(code, 1)
    assert.match(stderr, new RegExp(`127.0.0.1:${ports[0]} is in use by another program`))
  })

  test('serve refuses a SQLite file that another one has, says who, and leaves that one alone', async (t) => {
    const { program, publicUrl, adminUrl, serve } = await installation(t)
    const first = await serve()
    const { code, stdout, stderr } = await program('serve')
    assert.deepEqual([code, stdout], [1, ''])
    assert.match(stderr, new RegExp(`is in use by process ${first.pid} on .*${adminUrl}.*use Postgres for several`))
    assert.equal((await fetch(`${publicUrl}/healthz`)).status, 200)
  })

  test('at SIGTERM /readyz says so first, calls are taken for as long as announced, and what is under way ends', async (t) => {
    const { configFile, setUp, serve, publicUrl } = await installation(t)
    await writeFile(configFile, 'shutdown: { announceSeconds: 1, callSeconds: 20 }\n', { flag: 'a' })
    await setUp()
    const running = await serve()
    const slow = callMcp(`${publicUrl}/notes/mcp`, adaToken, { body: SLOW })
    const stream = await callMcp(`${publicUrl}/notes/mcp`, adaToken, { method: 'GET' })
    assert.equal((await fetch(`${publicUrl}/readyz`)).status, 200)

    const asked = performance.now()
    const ended = running.end('SIGTERM')
    while ((await fetch(`${publicUrl}/readyz`)).status === 200) await sleep(10)
    assert.equal(await statusAt(publicUrl), 200)
    await assert.rejects(stream.text())
    const cutAfterMs = performance.now() - asked
    await assert.rejects(fetch(`${publicUrl}/healthz`))
    assert.equal((await slow).status, 200)
    assert.deepEqual(await ended.then(({ code, signal }) => ({ code, signal })), { code: 0, signal: null })
    const tookMs = performance.now() - asked
    assert.ok(cutAfterMs > 900 && cutAfterMs < 2_000, `event streams were cut after ${cutAfterMs} ms`)
    assert.ok(tookMs > 1_500 && tookMs < 10_000, `the process ended after ${tookMs} ms`)
  })

  test('serve gets the database back after a kill -9', async (t) => {
    const { cli, setUp, serve, publicUrl } = await installation(t)
    await setUp()
    await (await serve()).end('SIGKILL')
    assert.match((await cli('member', 'list', 'acme')).stdout, /ada@acme\.example/)
    await serve()
    assert.equal(await statusAt(publicUrl), 200)
  })
  test('S5 15, B-29 SIGHUP takes the file as it is now, and keeps what is in force when it cannot be used', async (t) => {
    const { configFile, setUp, serve, publicUrl } = await installation(t)
    await setUp()
    const running = await serve()
    assert.equal(await statusAt(publicUrl), 200)

    const good = await readFile(configFile, 'utf8')
    await writeFile(configFile, good.replace('outbound:', 'roles: [owner]\n    outbound:'))
    process.kill(running.pid, 'SIGHUP')
    await running.sees(/The configuration was read again/)
    assert.equal(await statusAt(publicUrl), 403)

    await writeFile(configFile, good.replace('outbound:', 'speed: 9\n    outbound:'))
    process.kill(running.pid, 'SIGHUP')
    const [line] = await running.sees(/.*The configuration was not taken.*/)
    assert.match(line, /servers\.notes\.speed: is not a setting/)
    assert.equal(await statusAt(publicUrl), 403)

    await writeFile(configFile, good.replace(/admin: 127[^ ]+/, 'admin: 127.0.0.1:1'))
    process.kill(running.pid, 'SIGHUP')
    await running.sees(/"needsRestart":\["listen"\]/)
    assert.equal(await statusAt(publicUrl), 200)
  })

  test('commands work on the database when nothing serves, and through the one that serves, whose next call knows', async (t) => {
    const { program, setUp, serve, publicUrl } = await installation(t)
    await setUp()
    await serve()
    assert.equal(await statusAt(publicUrl), 200)
    assert.equal((await program('member', 'remove', 'acme', ACME.ada.email)).code, 0)
    assert.equal(await statusAt(publicUrl), 401)
    assert.equal((await program(...MEMBER)).code, 0)
    assert.equal(await statusAt(publicUrl), 200)
  })

  test('commands print JSON that parses with --json, the same with and without a serve', async (t) => {
    const { cli, serve } = await installation(t)
    for (const command of SET_UP) {
      const { stdout, stderr } = await cli(...command, '--json')
      assert.equal(stderr, '')
      assert.equal(typeof JSON.parse(stdout), 'object')
    }
    const reads = [
      ['teamspace', 'list'],
      ['connection', 'show', 'acme'],
      ['connection', 'test', 'acme'],
      ['member', 'list', 'acme'],
    ]
    const readAll = async () => {
      const answers: unknown[] = []
      for (const command of reads) answers.push(JSON.parse((await cli(...command, '--json')).stdout) as unknown)
      const connections = answers[1] as { lastTest?: unknown }[]
      return answers.with(
        1,
        connections.map(({ lastTest: _when, ...connection }) => connection), // each reading tests it anew
      )
    }
    const without = await readAll()
    await serve()
    assert.deepEqual(await readAll(), without)
    assert.equal((without[3] as { email: string }[])[0]!.email, ACME.ada.email)
  })

  test('commands that cannot do their work say why in one line and exit with 1', async (t) => {
    const { program, serve } = await installation(t)
    await serve()
    for (const command of [
      ['member', 'list', 'nobody'],
      ['teamspace', 'create', 'No Slug'],
      ['connection', 'show', 'acme'],
    ]) {
      const { code, stdout, stderr } = await program(...command)
      assert.deepEqual([code, stdout], [1, ''])
      assert.match(stderr, /^sallyport: [^\n]+\n$/)
    }
  })
})

test('two Sallyports on one Postgres hear of a removed member within a second', { timeout: 60_000 }, async (t) => {
  const database = await freshDatabase()
  t.after(() => database.drop())
  const env = { DATABASE_URL: database.url, SALLYPORT_KEY: randomBytes(32).toString('base64') }
  const [a, b] = [await installation(t, env), await installation(t, env)]
  await a.setUp()
  await Promise.all([a.serve(), b.serve()])
  for (const { publicUrl } of [a, b]) assert.equal(await statusAt(publicUrl), 200)

  assert.equal((await a.program('member', 'remove', 'acme', ACME.ada.email)).code, 0)
  const removed = performance.now()
  for (const { publicUrl } of [a, b]) {
    while ((await statusAt(publicUrl)) !== 401) {
      assert.ok(performance.now() - removed < 1_000, `${publicUrl} still lets the person in`)
      await sleep(10)
    }
  }
})

/** A folder with a configuration as an operator would write it, and ways to run the program on it. */
async function installation(t: TestContext, env: Readonly<Record<string, string>> = {}) {
  const folder = await temporaryFolder(t)
  const ports = [await freePort(), await freePort()]
  const [publicUrl, adminUrl] = ports.map((port) => `http://127.0.0.1:${port}`) as [string, string]
  const configFile = join(folder, 'sallyport.yaml')
  await writeFile(
    configFile,
    `publicUrl: ${publicUrl}
listen: { public: 127.0.0.1:${ports[0]}, admin: 127.0.0.1:${ports[1]} }
clouds: { emulator: { authority: '${emulator.url}' } }
servers:
  notes:
    path: /notes/mcp
    upstream: ${upstream.url}?key=not-for-the-log
    outbound: { kind: none }
`,
  )
  /** The same without the half second that a process takes. */
  const cli = async (...args: string[]) => {
    let [stdout, stderr] = ['', '']
    const out = (line: string) => void (stdout += `${line}\n`)
    const err = (line: string) => void (stderr += `${line}\n`)
    const code = await runCli([...args, '--config', configFile], { env, loadConfig, fetch, now: Date.now, out, err })
    return { code, stdout, stderr }
  }
  return {
    folder,
    ports,
    configFile,
    publicUrl,
    adminUrl,
    /** A command as a process of its own. */
    program: (...args: string[]) => runProgram(t, [SALLYPORT, ...args, '--config', configFile], { env }),
    cli,
    async setUp() {
      for (const command of SET_UP) assert.equal((await cli(...command)).code, 0)
    },
    async serve() {
      const running = startProgram(t, [SALLYPORT, 'serve', '--config', configFile], { env })
      await running.sees(/^Sallyport is ready$/m)
      return running
    },
  }
}

async function statusAt(publicUrl: string): Promise<number> {
  const response = await callMcp(`${publicUrl}/notes/mcp`, adaToken, {})
  await response.text()
  return response.status
}
