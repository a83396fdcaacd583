import assert from 'node:assert/strict'
import { forEachStore } from '../../support/each-store.ts'
import { aWorld } from './world.ts'

const OWNER = 'owner@acme.example'
const ACME = '/teamspaces/acme'

forEachStore('a teamspace is renamed by its owner, and the audit trail says so', async (t, open) => {
  const { send } = await aWorld(t, open)
  const { etag, body } = await send('GET', ACME, { as: OWNER })
  const renamed = await send('PATCH', ACME, { as: OWNER, body: { name: ' Acme Inc. ' } })
  assert.deepEqual(renamed.body, { ...body, name: 'Acme Inc.' })
  assert.notEqual(renamed.etag, etag)
  assert.equal((await send('GET', ACME, { as: OWNER })).etag, renamed.etag)
  assert.equal((await send('PATCH', ACME, { as: OWNER, body: { name: 'Acme Inc.' } })).etag, renamed.etag)
  const { events } = (await send('GET', `${ACME}/audit?limit=2`, { as: OWNER })).body
  const names = { before: { slug: 'acme', name: 'acme' }, after: { slug: 'acme', name: 'Acme Inc.' } }
  assert.deepEqual([events[0].action, events[0].before, events[0].after], ['teamspace.change', ...Object.values(names)])
  assert.notEqual(events[1].action, 'teamspace.change')
  for (const wrong of [{}, { name: '' }, { name: 'a\nb' }, { name: 'x'.repeat(121) }, { slug: 'other' }]) {
    assert.equal((await send('PATCH', ACME, { as: OWNER, body: wrong })).status, 400, JSON.stringify(wrong))
  }
})

forEachStore(
  'RFC 9110 §13.1.1 what was changed meanwhile is not overwritten: 412, and nothing happens',
  async (t, open) => {
    const { send, acme } = await aWorld(t, open)
    const entra = `${ACME}/connections/entra`
    const { body: connection } = await send('GET', entra, { as: OWNER })
    const { tenantId, audience } = connection
    const settings = { kind: 'entra', tenantId, audience, requiredScope: 'Mcp.Other' }
    const edits = [
      ['PATCH', ACME, { name: 'Other' }],
      ['PATCH', `${ACME}/members/${acme.ids['members']}`, { role: 'admin' }],
      ['PUT', entra, settings],
      ['DELETE', `${ACME}/members/${acme.ids['members']}`],
      ['DELETE', entra],
      ['DELETE', ACME],
    ] as const
    for (const [method, path, body] of edits) {
      const { etag } = await send('GET', path, { as: 'operator' })
      for (const stale of ['"x"', `W/${etag}`, '', etag!.slice(1, -1)]) {
        const { status } = await send(method, path, { as: 'operator', body, headers: { 'if-match': stale } })
        assert.equal(status, 412, `${method} ${path} ${stale}`)
      }
      assert.equal((await send('GET', path, { as: 'operator' })).etag, etag)
      const long = { 'if-match': `"${'x'.repeat(1_000)}"` }
      assert.equal((await send(method, path, { as: 'operator', body, headers: long })).status, 400)
      const fitting = { 'if-match': `"x", ${etag}` }
      const answer = await send(method, path, { as: 'operator', body, headers: fitting })
      assert.equal(answer.status, 200, `${method} ${path}: ${answer.text}`)
      if (body) assert.equal((await send('GET', path, { as: 'operator' })).etag, answer.etag)
    }
  },
)

forEachStore('of two who change what both have read, one wins and the other is told', async (t, open) => {
  const { send, acme } = await aWorld(t, open)
  const one = `${ACME}/members/${acme.ids['members']}`
  const { etag } = await send('GET', one, { as: OWNER })
  const headers = { 'if-match': etag! }
  const answers = await Promise.all(
    ['admin', 'owner'].map((role) => send('PATCH', one, { as: OWNER, body: { role }, headers })),
  )
  assert.deepEqual(answers.map(({ status }) => status).sort(), [200, 412])
  const winner = answers.find(({ status }) => status === 200)
  assert.deepEqual((await send('GET', one, { as: OWNER })).body, winner?.body)
})

forEachStore('a connection that is not there yet is made only by who expects none', async (t, open) => {
  const { send, must } = await aWorld(t, open)
  await must('POST', '/teamspaces', { slug: 'initech' })
  const path = '/teamspaces/initech/connections/oidc'
  const body = { kind: 'oidc', issuer: 'https://id.initech.example', audience: 'initech' }
  const put = (headers: Record<string, string>) => send('PUT', path, { as: 'operator', body, headers })
  assert.equal((await put({ 'if-match': '*' })).status, 412)
  const made = await put({})
  assert.equal((await put({ 'if-match': made.etag! })).status, 200)
})

forEachStore('members are found by a part of their e-mail, which is taken letter by letter', async (t, open) => {
  const { send, must } = await aWorld(t, open)
  await must('POST', `${ACME}/members`, { email: 'a_b%c@acme.example', subject: 'odder' })
  const find = async (query: string) => {
    const { body } = await send('GET', `${ACME}/members?query=${encodeURIComponent(query)}`, { as: OWNER })
    return body.members.map(({ email }: { email: string }) => email.split('@')[0])
  }
  assert.deepEqual(await find('OWN'), ['owner'])
  assert.deepEqual(
    await find('o'),
    (await find('')).filter((name: string) => `${name}@acme.example`.includes('o')),
  )
  assert.deepEqual(await find('b%'), ['a_b%c'])
  assert.deepEqual(await find('a_b'), ['a_b%c'])
  assert.deepEqual(await find('a.b'), [])
  assert.deepEqual(await find("' or 1=1"), [])
  for (const query of ['x'.repeat(255), 'a\0']) {
    const path = `${ACME}/members?query=${encodeURIComponent(query)}`
    assert.equal((await send('GET', path, { as: OWNER })).status, 400)
  }
})

forEachStore('lists that can grow come in pages without a gap or a repetition', async (t, open) => {
  const { send } = await aWorld(t, open)
  const gather = async (path: string, list: string, as: string) => {
    const all: { id: string }[] = []
    for (let query = ''; ;) {
      const { body } = await send('GET', `${path}limit=2${query}`, { as })
      assert.ok(body[list].length <= 2)
      all.push(...body[list])
      if (body.next === undefined) return all.map(({ id }) => id)
      query = `&after=${encodeURIComponent(body.next)}`
    }
  }
  for (const [path, list] of [
    ['/teamspaces?', 'teamspaces'],
    [`${ACME}/members?`, 'members'],
    [`${ACME}/members?query=a&`, 'members'],
    [`${ACME}/mcp-tokens?`, 'tokens'],
  ] as const) {
    const whole = (await send('GET', path, { as: 'operator' })).body[list].map(({ id }: { id: string }) => id)
    assert.ok(whole.length > 0)
    assert.deepEqual(await gather(path, list, 'operator'), whole, path)
  }
})

forEachStore('whoever asks is told who they are, and what they are where', async (t, open) => {
  const { send, must } = await aWorld(t, open)
  assert.deepEqual(await must('GET', '/me'), { kind: 'operator', name: 'operator', memberships: [] })
  const { id, role, email } = (await send('GET', `${ACME}/members?query=admin@`, { as: OWNER })).body.members[0]
  const me = (await send('GET', '/me', { as: 'admin@acme.example' })).body
  assert.deepEqual([me.kind, me.name], ['person', 'admin@acme.example'])
  assert.deepEqual(me.memberships, [{ teamspace: await must('GET', ACME), member: { id, role, email } }])
  assert.deepEqual((await send('GET', '/me', { as: 'nobody@acme.example' })).body.memberships, [])
  const { body } = await send('GET', '/teamspaces', { as: 'admin@acme.example' })
  assert.deepEqual(body, { teamspaces: [me.memberships[0].teamspace] })
})

forEachStore("a teamspace's people read its audit trail, and nothing of anybody else's", async (t, open) => {
  const { send, acme, globex } = await aWorld(t, open)
  const as = 'admin@acme.example'
  const { events } = (await send('GET', `${ACME}/audit?limit=1000`, { as })).body
  assert.ok(events.length > 5)
  const exported = (await send('GET', `${ACME}/audit/export`, { as })).text.trim().split('\n')
  assert.equal(exported.length, events.length)
  for (const text of [JSON.stringify(events), ...exported])
    assert.ok(text.includes(acme.id) && !text.includes(globex.id))
  const { body } = await send('GET', `${ACME}/audit/verify`, { as })
  assert.deepEqual([body.teamspaceId, body.checked, body.isWhole], [acme.id, events.length, true])
  // The place of a page may be anybody's row: it chooses none of their rows.
  const { body: page } = await send('GET', `${ACME}/audit?before=${globex.ids['decisions']}`, { as })
  assert.ok(page.events.every(({ teamspaceId }: { teamspaceId: string }) => teamspaceId === acme.id))
  const decision = await send('GET', `${ACME}/decisions/${acme.ids['decisions']!.toUpperCase()}`, { as })
  assert.equal(decision.body.rule, 'call_forbidden')
})
