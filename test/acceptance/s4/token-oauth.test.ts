import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { mintMcpToken } from '@sallyport/verifier'
import { startTokenGate } from './support.ts'

async function startWithForms(t: TestContext, options = {}) {
  const started = await startTokenGate(t, options)
  const { adminUrl, sallyport } = started.gate
  const send = async (path: string, form: string, headers: Record<string, string> = {}) => {
    const response = await fetch(`${adminUrl}/api/v1/mcp-tokens${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
      body: form,
    })
    const text = await response.text()
    return { status: response.status, text, headers: response.headers }
  }
  const operator = { authorization: `Bearer ${sallyport.operatorToken}` }
  const introspect = async (token: string) =>
    JSON.parse((await send('/introspect', `token=${token}`, operator)).text) as Record<string, unknown>
  return { ...started, send, introspect, operator }
}

test('B-26 whoever holds a token ends it, and is told nothing else (RFC 7009 §2.2)', async (t) => {
  const { gate, mint, ben, send } = await startWithForms(t)
  const { token, id } = await mint(ben)
  assert.equal((await gate.call(token)).status, 200)
  const answers = [
    await send('/revoke', `token=${token}&token_type_hint=access_token`),
    await send('/revoke', `token=${token}&token_type_hint=unheard-of`),
    await send('/revoke', `token=${mintMcpToken().token}`),
    await send('/revoke', 'token=somebody%20elses'),
  ]
  for (const { status, text, headers } of answers) {
    assert.deepEqual([status, text], [200, ''])
    assert.equal(headers.get('cache-control'), 'no-store')
  }
  assert.equal((await gate.call(token)).status, 401)
  const { events } = await gate.admin.must('GET', '/audit?teamspace=acme')
  const revocations = events.filter(({ action }: any) => action === 'mcp_token.revoke')
  assert.equal(revocations.length, 1, 'once')
  assert.deepEqual([revocations[0].actor, revocations[0].after.id], [`bearer of ${token.slice(0, 12)}…`, id])
})

test('B-26 a form that has no one token is an invalid_request, and an address is no place for it', async (t) => {
  const { gate, mint, ada, send, operator } = await startWithForms(t)
  const { token } = await mint(ada)
  for (const path of ['/revoke', '/introspect']) {
    const answers = [
      await send(`${path}?token=${token}`, '', operator),
      await send(path, 'token=', operator),
      await send(path, `token=${token}&token=${token}`, operator),
      await send(path, `token=${token}&pad=${'x'.repeat(4096)}`, operator),
      await send(path, JSON.stringify({ token }), { ...operator, 'content-type': 'application/json' }),
    ]
    for (const { status, text } of answers)
      assert.deepEqual([status, JSON.parse(text).error], [400, 'invalid_request'], text)
  }
  assert.equal((await gate.call(token)).status, 200)
})

test('B-26 introspection is the operator’s, and says what a token is for while it is accepted (RFC 7662 §2)', async (t) => {
  let at = Date.now()
  const { mint, ask, ada, ben, send, introspect } = await startWithForms(t, { now: () => at })
  const whole = await mint(ada, { role: 'admin' })
  const held = await mint(ben, { tool_scopes: ['read', 'tool:add'], expires_in_seconds: 60 })
  for (const credential of [{}, { authorization: `Bearer ${whole.token}` }, { authorization: `Bearer ${ada}` }]) {
    assert.equal((await send('/introspect', `token=${held.token}`, credential)).status, 401)
  }
  const iat = Math.floor(at / 1000)
  const common = { active: true, token_type: 'Bearer', teamspace: 'acme' }
  assert.deepEqual(await introspect(whole.token), { ...common, sub: whole.id, iat, role: 'admin' })
  assert.deepEqual(await introspect(held.token), {
    ...common,
    sub: held.id,
    iat,
    exp: Math.floor((at + 60_000) / 1000),
    scope: 'class:read tool:add',
    role: 'developer',
    member_id: held.holder_member_id,
  })
  await ask('DELETE', `/${whole.id}`, ada)
  at += 60_000
  for (const token of [whole.token, held.token, mintMcpToken().token, 'no-token', ada]) {
    assert.deepEqual(await introspect(token), { active: false })
  }
})
