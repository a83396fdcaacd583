import assert from 'node:assert/strict'
import { once } from 'node:events'
import { appendFile, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import path from 'node:path'
import { test } from 'node:test'
import { getRequestListener } from '@hono/node-server'
import { createAdminApp } from '../admin/admin-app.ts'
import { loadConfig } from '../config/load-config.ts'
import { parseConfigFile } from '../config/parse-config-file.ts'
import { createMemberLookup } from '../members/member-lookup.ts'
import { removeInstanceFile, writeInstanceFile } from '../store/instance-file.ts'
import { openStore } from '../store/store.ts'
import { ACME_TENANT, ANNA, API_APP, CANARY_SECRET, CLOUDS, GATEWAY_APP } from '../teamspaces/acme.fixture.ts'
import { installation } from './installation.fixture.ts'

const ENTRA = ['--entra', '--tenant', ACME_TENANT]

test('init writes a configuration that loads and a key that only its owner reads, and overwrites neither', async (t) => {
  const { folder, config, run } = await installation(t)
  const text = await readFile(config, 'utf8')
  assert.doesNotThrow(() => parseConfigFile(text, config))
  const keyFile = path.join(folder, 'sallyport.key')
  const key = await readFile(keyFile, 'utf8')
  assert.equal((await stat(keyFile)).mode & 0o777, 0o600)

  const again = await run('init')
  assert.deepEqual([again.code, again.out], [1, ''])
  assert.match(again.err, /^sallyport: .*sallyport\.key is there already; nothing was changed$/)
  await rm(keyFile)
  assert.match((await run('init')).err, /sallyport\.yaml is there already/)
  await assert.rejects(stat(keyFile), 'no key is left behind for a configuration that was not written')
  await writeFile(keyFile, key)
  assert.equal((await run('migrate')).out, 'The database is up to date.')
})

test('what init leaves as comments can be switched on as it stands', async (t) => {
  const { config } = await installation(t)
  const text = await readFile(config, 'utf8')
  const switchedOn = text.replaceAll(/^( *)# ( *[a-z]\w*:.*)$/gm, '$1$2')
  const sections = ['azureAd', 'toolRates', 'trustedProxies', 'console', 'limits', 'audit', 'clouds']
  for (const name of sections) assert.match(switchedOn, new RegExp(`^ *${name}: ?`, 'm'))
  const file = parseConfigFile(switchedOn, config)
  assert.deepEqual([file.trustedProxies, file.audit?.mode], [['10.0.0.0/8'], 'required'])
})

test('a customer is set up in three commands, each of which says what it did', async (t) => {
  const { run } = await installation(t)
  assert.equal((await run('teamspace', 'create', 'acme', '--name', 'Acme')).out, 'Created teamspace acme (Acme).')
  const set = await run('connection', 'set', 'acme', ...ENTRA, '--audience', API_APP, '--scope', 'mcp.access')
  assert.equal(
    set.out,
    `Set the connection of acme.\nPeople bring tokens for ${API_APP} with scope mcp.access.\nServers behind get no token of their own.`,
  )
  const add = await run('member', 'add', 'acme', '--email', 'Anna@acme.example', '--oid', ANNA)
  assert.equal(add.out, 'Added anna@acme.example to acme as developer.')
  assert.match((await run('member', 'list', 'acme')).out, new RegExp(`^anna@acme.example\tdeveloper\t${ANNA}\tmanual$`))
  const again = ['--email', 'anna@acme.example', '--oid', ANNA, '--name', 'Anna\u202e Berg']
  assert.match((await run('member', 'add', 'acme', ...again)).out, /is already a member of acme/)
  assert.match((await run('member', 'list', 'acme')).out, /\tmanual\tAnna Berg$/)
  const [member] = JSON.parse((await run('member', 'list', 'acme', '--json')).out)
  assert.equal(member.email, 'anna@acme.example')
  assert.match((await run('member', 'remove', 'acme', 'ANNA@acme.example')).out, /^Removed anna@acme.example/)
  assert.match((await run('connection', 'remove', 'acme')).out, /members removed with it: 0/)
  assert.match((await run('teamspace', 'remove', 'acme')).out, /^Removed teamspace acme/)
  assert.equal((await run('teamspace', 'list')).out, 'There are no teamspaces yet.')
})

test('S2D-02 both ways to fill in a gateway end in the same words, and the secret is never shown', async (t) => {
  const { folder, run } = await installation(t)
  const secretFile = path.join(folder, 'secret')
  await writeFile(secretFile, `${CANARY_SECRET}\n`)
  await run('teamspace', 'create', 'acme')
  const gateway = ['--gateway-client-id', GATEWAY_APP, '--gateway-secret-file', secretFile]
  const ways = [
    ['--audience', API_APP, '--scope', 'mcp.access', ...gateway],
    [
      '--audience',
      GATEWAY_APP,
      '--scope',
      'Mcp.Gateway.Access',
      ...gateway,
      '--downstream-scope',
      `api://${API_APP}/mcp.access`,
    ],
  ]
  for (const way of ways) {
    const { code, out, err } = await run('connection', 'set', 'acme', ...ENTRA, ...way)
    assert.deepEqual([code, err], [0, ''])
    assert.equal(
      out,
      `Set the connection of acme.\nPeople bring tokens for ${GATEWAY_APP} with scope Mcp.Gateway.Access.\nServers behind get tokens for ${API_APP} with scope mcp.access.`,
    )
    const shown = await run('connection', 'show', 'acme', '--json')
    assert.ok(!shown.out.includes(CANARY_SECRET))
    assert.deepEqual(JSON.parse(shown.out)[0].onBehalfOf.credential, { kind: 'secret' })
  }
})

test('a name made of dots names nothing, least of all the teamspace above', async (t) => {
  const { run } = await installation(t)
  for (const slug of ['acme', 'connection']) await run('teamspace', 'create', slug)
  const commands = [
    ['member', 'remove', 'acme', '..'],
    ['member', 'remove', 'acme', '.'],
    ['connection', 'remove', '.'],
    ['member', 'list', '..'],
    ['teamspace', 'remove', '..'],
  ]
  for (const command of commands) assert.equal((await run(...command)).code, 1, command.join(' '))
  assert.match((await run('teamspace', 'list')).out, /^acme\tacme\nconnection\tconnection$/)
})

test('a failure is one clear line on stderr, no stack, and an exit code', async (t) => {
  const { run } = await installation(t)
  await run('teamspace', 'create', 'acme')
  const cases: [string[], RegExp][] = [
    [['teamspace', 'create', 'acme'], /^sallyport: This slug is already taken$/],
    [['teamspace', 'create', 'No'], /^sallyport: The input is not valid: slug must be/],
    [['teamspace', 'remove', '../etc'], /^sallyport: There is no such teamspace$/],
    [['connection', 'show', 'acme'], /^sallyport: This teamspace has no connection$/],
    [['connection', 'set', 'acme'], /^sallyport: Say which kind of connection: --entra or --oidc or --kubernetes$/],
    [['connection', 'set', 'acme', ...ENTRA, '--audience', 'x'], /audience must be a GUID/],
    [
      ['connection', 'set', 'acme', ...ENTRA, '--audience', API_APP, '--downstream-scope', 'a/b'],
      /--downstream-scope has no meaning/,
    ],
    [
      ['connection', 'set', 'acme', ...ENTRA, '--audience', API_APP, '--gateway-client-id', GATEWAY_APP],
      /credential is needed/,
    ],
    [
      ['connection', 'set', 'acme', ...ENTRA, '--audience', API_APP, '--gateway-secret-file', '/nowhere'],
      /\/nowhere cannot be read \(ENOENT\)/,
    ],
    [['connection', 'set', 'acme', ...ENTRA, '--audience', API_APP, '--gateway-key-file', '/nowhere'], /go together/],
    [['member', 'add', 'acme', '--email', 'a@b.example', '--oid', ANNA], /^sallyport: Set an entra connection/],
    [['member', 'add', 'acme', '--email', 'a@b.example'], /by one of --oid, --subject and --service-account$/],
    [['member', 'remove', 'acme', 'nobody'], /^sallyport: There is no such member in this teamspace$/],
    [['nonsense'], /unknown command|unknown option/],
  ]
  for (const [args, expected] of cases) {
    const { code, out, err } = await run(...args)
    assert.notEqual(code, 0, args.join(' '))
    assert.match(err, expected)
    assert.ok(out === '' && !err.includes('\n') && !err.includes('    at '), err)
  }
})

test('S2D-03 a failed connection test has its own exit code and, for programs, its outcome', async (t) => {
  const { run, config } = await installation(t)
  // fetch refuses port 9 (discard) by itself, so nobody is asked.
  await appendFile(config, 'clouds: { local: { authority: http://127.0.0.1:9 } }\n')
  await run('teamspace', 'create', 'acme')
  await run('connection', 'set', 'acme', ...ENTRA, '--audience', API_APP, '--cloud', 'local')
  const plain = await run('connection', 'test', 'acme')
  assert.deepEqual([plain.code, plain.out], [1, ''])
  assert.match(plain.err, /^sallyport: unreachable: could not be reached/)
  const json = await run('connection', 'test', 'acme', '--json')
  assert.equal(json.code, 1)
  assert.equal(JSON.parse(json.out).outcome, 'unreachable')
})

test('commands that are run at the same time take turns', async (t) => {
  const { run } = await installation(t)
  const answers = await Promise.all(['a', 'b', 'c', 'd'].map((slug) => run('teamspace', 'create', slug)))
  assert.deepEqual(
    answers.map(({ code, err }) => [code, err]),
    answers.map(() => [0, '']),
  )
  assert.equal((await run('teamspace', 'list')).out.split('\n').length, 4)
})

test('while a Sallyport runs, commands go through it, so that its caches hear of every change', async (t) => {
  const { folder, config, run } = await installation(t)
  const { database, sealingKey } = await loadConfig(config, {})
  const store = await openStore({ url: database, sealingKey })
  const databaseFile = path.join(folder, 'sallyport.db')
  t.after(() => store.close())

  // Left behind by one that was killed: its port may belong to anybody, so it is not asked.
  await writeInstanceFile(databaseFile, {
    pid: process.pid + 1,
    adminUrl: 'http://127.0.0.1:9',
    operatorToken: 'stale',
  })
  const silent = await run('teamspace', 'list')
  assert.equal(silent.code, 1)
  assert.match(silent.err, /is in use by process/)

  const operatorToken = 'operator-token-of-the-tests-0123456789'
  const deps = { clouds: CLOUDS, operatorToken, fetch, now: Date.now, log: () => undefined }
  const app = createAdminApp({ store, servers: [], ...deps })
  const server = createServer(getRequestListener(app.fetch, { overrideGlobalObjects: false })).listen(0, '127.0.0.1')
  t.after(() => {
    server.closeAllConnections()
    server.close()
  })
  await once(server, 'listening')
  const adminUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  await writeInstanceFile(databaseFile, { pid: process.pid, adminUrl, operatorToken })

  const lookup = createMemberLookup(store)
  const created = JSON.parse((await run('teamspace', 'create', 'acme', '--json')).out)
  const find = () => lookup.find(created.id, `entra:global:${ACME_TENANT}`, ANNA)
  assert.equal(await find(), undefined)
  assert.equal((await run('connection', 'set', 'acme', ...ENTRA, '--audience', API_APP)).code, 0)
  assert.equal((await run('member', 'add', 'acme', '--email', 'a@acme.example', '--oid', ANNA)).err, '')
  assert.equal((await find())?.email, 'a@acme.example')
  assert.equal((await run('member', 'remove', 'acme', 'a@acme.example')).code, 0)
  assert.equal(await find(), undefined)
  assert.match((await run('migrate')).out, /^A running Sallyport has the database/)

  server.closeAllConnections()
  server.close()
  await once(server, 'close')
  assert.match(
    (await run('teamspace', 'list')).err,
    /^sallyport: The running Sallyport \(process \d+\) does not answer/,
  )
  await removeInstanceFile(databaseFile)
})
