import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { TestContext } from 'node:test'
import { getRequestListener } from '@hono/node-server'
import { forEachStore } from '../../../../test/support/each-store.ts'
import type { OpenStore } from '../../../../test/support/each-store.ts'
import type { ServerConfig } from '../config/config.ts'
import { addMember } from '../members/add-member.ts'
import { newMember } from '../members/new-member.ts'
import { removeMember } from '../members/remove-member.ts'
import {
  ANNA,
  BERT,
  CLOUDS,
  GLOBEX_TENANT,
  aConnectedTeamspace,
  accepted,
  editorOf,
} from '../teamspaces/acme.fixture.ts'
import { createAdminApp } from './admin-app.ts'

const OPERATOR_TOKEN = 'operator-token-of-the-tests-0123456789'

const FINDINGS = {
  name: 'findings',
  path: '/findings/mcp',
  upstream: new URL('http://findings.example'),
  auth: { mode: 'None' },
  scopes: [],
  resourcePath: '/findings',
  forwardHeaders: [],
  toolRates: {},
  outbound: { kind: 'none' },
} satisfies ServerConfig

async function serve(t: TestContext, open: OpenStore) {
  const store = await open()
  await aConnectedTeamspace(store, 'acme')
  await aConnectedTeamspace(store, 'globex', { tenantId: GLOBEX_TENANT, audience: ANNA })
  const app = createAdminApp({
    servers: [FINDINGS],
    store,
    clouds: CLOUDS,
    operatorToken: OPERATOR_TOKEN,
    fetch: () => Promise.reject(new Error('offline')),
    now: Date.now,
    log: () => {},
  })
  const server = createServer(getRequestListener(app.fetch, { overrideGlobalObjects: false })).listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => {
    server.closeAllConnections()
    server.close()
  })
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/v1/teamspaces`
  async function send(method: string, path: string, body?: unknown, ifMatch?: string) {
    const response = await fetch(`${base}/${path}`, {
      method,
      headers: {
        authorization: `Bearer ${OPERATOR_TOKEN}`,
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...(ifMatch !== undefined && { 'if-match': ifMatch }),
      },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    })
    return {
      status: response.status,
      etag: response.headers.get('etag'),
      body: (await response.json().catch(() => undefined)) as any,
    }
  }
  const member = async (slug: string, name: string, objectId: string) =>
    accepted(await addMember(editorOf(store), slug, newMember.parse({ email: `${name}@${slug}.example`, objectId })))
      .member
  return { store, send, member }
}

const deny = (...rules: object[]) => ({ default: 'deny', rules })
const rule = (more: object = {}) => ({ name: 'reads', effect: 'allow', classes: ['read'], ...more })
const pathsOf = ({ errors }: { errors: { path: string }[] }) => errors.map(({ path }) => path)

forEachStore('a policy comes and goes over HTTP, by its version', async (t, open) => {
  const { send } = await serve(t, open)
  const none = await send('GET', 'acme/policy')
  assert.deepEqual([none.status, none.etag], [200, '"0"'])
  const nobody = { version: 0, updated_at: null, updated_by: null }
  assert.deepEqual(none.body, { policy: { default: 'allow members', rules: [] }, ...nobody })

  const put = await send('PUT', 'acme/policy', deny(rule({ servers: ['findings'] })))
  assert.deepEqual([put.status, put.etag, put.body.warnings], [200, '"1"', undefined])
  const got = await send('GET', 'acme/policy')
  assert.deepEqual([got.etag, got.body], [put.etag, put.body])
  assert.deepEqual((await send('GET', 'globex/policy')).body, none.body, 'another teamspace has none of it')

  assert.equal((await send('PUT', 'acme/policy', deny())).status, 428)
  for (const stale of ['"0"', '"2"', 'W/"1"', '1', '', '"x"']) {
    assert.equal((await send('PUT', 'acme/policy', deny(), stale)).status, 412, stale)
  }
  assert.equal((await send('PUT', 'acme/policy', deny(), '"9", "1"')).etag, '"2"')
  assert.equal((await send('PUT', 'acme/policy', deny(rule()), '*')).etag, '"3"')
  assert.equal((await send('DELETE', 'acme/policy', undefined, '"2"')).status, 412)
  assert.deepEqual((await send('DELETE', 'acme/policy')).body, { removed: true })
  assert.equal((await send('GET', 'acme/policy')).etag, '"4"')
  for (const method of ['GET', 'PUT', 'DELETE']) {
    assert.equal((await send(method, 'nowhere/policy', method === 'PUT' ? deny() : undefined)).status, 404)
  }
})

forEachStore('two people who change one version: one wins, the other is told 412', async (t, open) => {
  const { send } = await serve(t, open)
  await send('PUT', 'acme/policy', deny())
  const bodies = [deny(rule()), deny(rule({ name: 'other' }))]
  const answers = await Promise.all(bodies.map((body) => send('PUT', 'acme/policy', body, '"1"')))
  assert.deepEqual(answers.map(({ status }) => status).sort(), [200, 412])
  const winner = answers.find(({ status }) => status === 200)
  assert.deepEqual((await send('GET', 'acme/policy')).body, winner?.body)
})

forEachStore('people and tokens are named as people call them, and kept by id', async (t, open) => {
  const { store, send, member } = await serve(t, open)
  const [anna, bert] = [await member('acme', 'anna', ANNA), await member('acme', 'bert', BERT)]
  const gus = await member('globex', 'gus', BERT)
  const mint = async (slug: string, name: string) => (await send('POST', `${slug}/mcp-tokens`, { name })).body.id
  const tokens = [await mint('acme', 'ci'), await mint('acme', 'ci')]
  const foreign = await mint('globex', 'theirs')

  const who = { members: [' ANNA@acme.example', bert.id, anna.id], tokens: ['ci', '*'] }
  const { status, body } = await send('PUT', 'acme/policy', deny(rule({ who })))
  assert.equal(status, 200)
  assert.deepEqual(body.policy.rules[0].who.members, [anna.id, bert.id])
  assert.deepEqual(new Set(body.policy.rules[0].who.tokens), new Set([...tokens, '*']))

  for (const [members, token] of [
    [['gus@globex.example', gus.id, 'a\0b'], foreign],
    [['nobody@acme.example'], 'theirs'],
  ] as const) {
    const refused = await send('PUT', 'acme/policy', deny(rule({ who: { members, tokens: ['*', token] } })), '*')
    const expected = [...members.map((_, index) => `rules.0.who.members.${index}`), 'rules.0.who.tokens.1']
    assert.deepEqual([refused.status, pathsOf(refused.body)], [400, expected])
  }
  accepted(await removeMember(editorOf(store), 'acme', { id: bert.id }))
  await send('DELETE', `acme/mcp-tokens/${tokens[0]}`)
  const again = await send('PUT', 'acme/policy', deny(rule({ who: body.policy.rules[0].who, tools: ['x'] })), '*')
  assert.equal(again.status, 200, 'whoever was removed since stands in the way of no change')
  const late = await send('PUT', 'globex/policy', deny(rule({ who: { members: [bert.id] } })))
  assert.equal(late.status, 400)
})

forEachStore('a policy that may not do what it seems to is saved with warnings', async (t, open) => {
  const { send } = await serve(t, open)
  const rules = [rule({ servers: ['find*', 'context7'] }), rule({ name: 'no', effect: 'deny', servers: ['*'] })]
  const { body } = await send('PUT', 'acme/policy', { default: 'allow members', rules })
  assert.deepEqual(body.warnings, [
    'rule reads: no server is called context7',
    'rule reads: allows what the default allows already',
  ])
})

forEachStore('a policy that is being written is told what saving would say, and nothing is saved', async (t, open) => {
  const { store, send, member } = await serve(t, open)
  const anna = await member('acme', 'anna', ANNA)
  const check = (draft: unknown, slug = 'acme') => send('POST', `${slug}/policy/check`, draft)
  const named = deny(rule({ who: { members: ['anna@acme.example'] } }))

  const fine = await check(named)
  assert.deepEqual([fine.status, fine.body], [200, { warnings: [] }])
  const strange = await check({ default: 'allow members', rules: [rule({ servers: ['context7'] })] })
  assert.equal(strange.body.warnings.length, 2)
  const wrong = await check(deny(rule({ when: 'args.a ==' })))
  assert.deepEqual([wrong.status, pathsOf(wrong.body)], [400, ['rules.0.when']])
  assert.equal((await check(named, 'globex')).status, 400, 'who is no member there')
  assert.equal((await check(named, 'nowhere')).status, 404)
  assert.equal((await send('GET', 'acme/policy')).etag, '"0"')

  const saved = await send('PUT', 'acme/policy', named)
  accepted(await removeMember(editorOf(store), 'acme', { id: anna.id }))
  assert.equal((await check(saved.body.policy)).status, 200, 'as saving it would')
})

forEachStore('hostile documents are refused with the path, and save nothing', async (t, open) => {
  const { send } = await serve(t, open)
  const many = (count: number) => deny(...Array.from({ length: count }, (_, index) => rule({ name: `r${index}` })))
  const conditions = [
    ['args.path.matches("(a+)+$")', /matches\(\) cannot be used/],
    ['args.a.exists(x, args.b.exists(y, x == y))', /cannot stand inside another/],
    ['args.a.all(x, x.all(y, y.all(z, z > 1)))', /cannot stand inside another/],
    ['principal == principal', /asked by its members/],
    ['args.?a == optional.none()', /.+/],
    ['1 + 1', /must be true or false/],
    ['args.a ==', /.+/],
    ['(('.repeat(500), /.+/],
    ['['.repeat(1_000), /.+/],
    ['!'.repeat(1_999) + 'x', /.+/],
    ['"' + '\\u{110000}' + '" == ""', /.+/],
    ['__proto__ == 1', /.+/],
    ['constructor.constructor("return 1")()', /.+/],
  ] as const
  for (const [when, says] of conditions) {
    const { status, body } = await send('PUT', 'acme/policy', deny(rule(), rule({ name: 'bad', when })))
    assert.deepEqual([status, pathsOf(body)], [400, ['rules.1.when']], when.slice(0, 50))
    assert.match(body.errors[0].says, says)
  }
  const documents: [unknown, number, string?][] = [
    [many(501), 400, 'rules'],
    [deny(rule(), rule()), 400, 'rules.1.name'],
    [deny(rule({ name: 'a\nb' })), 400, 'rules.0.name'],
    [deny(rule({ unless: { scopes: ['x'] } })), 400, 'rules.0.unless'],
    [deny(rule({ who: {} })), 400, 'rules.0.who'],
    [deny(rule({ who: { roles: ['root'] } })), 400, 'rules.0.who.roles.0'],
    [deny(rule({ when: 'x'.repeat(2_001) })), 400, 'rules.0.when'],
    [deny(rule({ tools: [] })), 400, 'rules.0.tools'],
    [{ ...deny(), constructor: 1 }, 400, 'constructor'],
    ['{"default":"deny","rules":[],"__proto__":{"default":"allow members"}}', 400, '__proto__'],
    ['{"default":"deny","rules":[{"name":"a","effect":"deny","__proto__":{"dryRun":true}}]}', 400, 'rules.0.__proto__'],
    [`{"default":"deny","rules":${'['.repeat(100_000)}${']'.repeat(100_000)}}`, 400],
    [`{"a":`.repeat(40_000) + '1' + '}'.repeat(40_000), 400],
    [JSON.stringify(deny()).padEnd(256 * 1024 + 1), 413],
    ['null', 400, ''],
  ]
  for (const [document, status, path] of documents) {
    const answer = await send('PUT', 'acme/policy', document)
    assert.equal(answer.status, status, String(path))
    if (path !== undefined) assert.ok(pathsOf(answer.body).includes(path), `${path}: ${pathsOf(answer.body)}`)
    assert.ok(JSON.stringify(answer.body).length < 10_000)
  }
  assert.equal((await send('GET', 'acme/policy')).etag, '"0"')
  assert.equal((await send('PUT', 'acme/policy', many(500))).status, 200)
})

forEachStore('a policy can be tried before and after it is saved, and trying saves nothing', async (t, open) => {
  const { store, send, member } = await serve(t, open)
  const anna = await member('acme', 'anna', ANNA)
  const [ci] = [(await send('POST', 'acme/mcp-tokens', { name: 'ci' })).body.id]
  const policy = deny(
    rule({ who: { members: ['anna@acme.example'] } }),
    rule({ name: 'ci', classes: undefined, tools: ['deploy'], who: { tokens: ['ci'] }, when: 'args.to == "test"' }),
    rule({ name: 'step up', classes: ['write'], who: { scopes: ['write'] } }),
  )
  const to = (tool: string, more: object = {}) => ({ server: 'findings', tool, ...more })
  const cases = [
    to('get', { class: 'read', caller: { member: 'Anna@acme.example' }, expect: 'allowed', rule: 'reads' }),
    to('get', { class: 'read', caller: { member: anna.id } }),
    to('get', { class: 'read', expect: 'allowed' }),
    to('deploy', { caller: { token: 'ci' }, args: { to: 'test' } }),
    to('deploy', { caller: { token: ci }, args: { to: 'live' }, expect: 'denied', rule: 'default' }),
    to('put', { class: 'write', expect: 'needs-scopes' }),
    to('put', { class: 'write', caller: { can_step_up: false } }),
    { server: 'findings', method: 'tools/list' },
    { server: 'findings', method: 'vendor/anything' },
  ]
  const expected = ['allowed', 'allowed', 'hidden', 'allowed', 'denied', 'needs-scopes', 'hidden', 'allowed', 'denied']
  const tried = await send('POST', 'acme/policy/try', { policy, cases })
  assert.deepEqual(
    tried.body.results.map(({ result }: any) => result),
    expected,
  )
  assert.deepEqual(tried.body.results.map(({ passed }: any) => passed).slice(0, 6), [
    true,
    undefined,
    false,
    undefined,
    true,
    true,
  ])
  assert.deepEqual(tried.body.results[5].scopes, ['write'])
  assert.equal((await send('GET', 'acme/policy')).etag, '"0"')

  const open_ = await send('POST', 'acme/policy/try', { cases })
  assert.ok(open_.body.results.every(({ result, by }: any) => result === 'allowed' && by === 'default'))
  await send('PUT', 'acme/policy', policy)
  assert.deepEqual((await send('POST', 'acme/policy/try', { cases })).body, tried.body)

  const stranger = { policy: deny(), cases: [to('x', { caller: { member: 'no@acme.example', token: 'none' } })] }
  const strange = await send('POST', 'acme/policy/try', stranger)
  assert.deepEqual([strange.status, pathsOf(strange.body)], [400, ['cases.0.caller.member', 'cases.0.caller.token']])
  const bad: [unknown, number][] = [
    [{ cases: [] }, 400],
    [{ cases: Array.from({ length: 1_001 }, () => to('x')) }, 400],
    [{ cases: [to('x', { prompt: 'y' })] }, 400],
    [{ cases: [to('x', { method: 'prompts/get' })] }, 400],
    [{ cases: [{ server: 'findings' }] }, 400],
    [{ cases: [{ server: 'findings', method: 'tools/call' }] }, 400],
    [{ cases: [to('x')], policy: deny(rule({ when: 'true +' })) }, 400],
    [{ cases: [to('x'.repeat(1024 * 1024))] }, 413],
  ]
  for (const [body, status] of bad) assert.equal((await send('POST', 'acme/policy/try', body)).status, status)
  assert.equal((await send('POST', 'nowhere/policy/try', { cases: [to('x')] })).status, 404)

  await store.db.updateTable('policy').set({ document: '{"default":"gone","rules":[]}' }).execute()
  assert.equal((await send('POST', 'acme/policy/try', { cases: [to('x')] })).status, 409)
  assert.deepEqual((await send('GET', 'acme/policy')).body.policy, { default: 'gone', rules: [] })
})
