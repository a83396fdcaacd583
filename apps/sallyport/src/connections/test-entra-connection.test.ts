import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import type { RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { test } from 'node:test'
import { ACME_TENANT } from '../teamspaces/acme.fixture.ts'
import { testEntraConnection } from './test-entra-connection.ts'

const DISCOVERY = `/${ACME_TENANT}/v2.0/.well-known/openid-configuration`
const KEYS = `/${ACME_TENANT}/discovery/v2.0/keys`

interface Answer {
  readonly status?: number
  readonly body?: unknown
  readonly headers?: Record<string, string>
}

/** Asks a cloud on loopback that answers from a table. Answers what came out and which paths were asked. */
async function ask(answers: (authority: string) => Record<string, Answer | RequestListener>, tenantId = ACME_TENANT) {
  const asked: string[] = []
  let authority = ''
  const server = createServer((request, response) => {
    asked.push(request.url ?? '')
    const answer = answers(authority)[request.url ?? ''] ?? { status: 404, body: {} }
    if (typeof answer === 'function') return answer(request, response)
    const { status = 200, body, headers } = answer
    response.writeHead(status, headers).end(typeof body === 'string' ? body : JSON.stringify(body))
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  authority = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  try {
    const clouds = { local: { authority } }
    return { result: await testEntraConnection({ cloud: 'local', tenantId }, { clouds, fetch, timeoutMs: 300 }), asked }
  } finally {
    server.closeAllConnections()
    server.close()
  }
}

const issuer = (authority: string, tenantId = ACME_TENANT) => ({ issuer: `${authority}/${tenantId}/v2.0` })

test('S2D-03 a good tenant is ok, with the number of its keys', async () => {
  const { result } = await ask((authority) => ({
    [DISCOVERY]: { body: issuer(authority) },
    [KEYS]: { body: { keys: [{}, {}] } },
  }))
  assert.equal('outcome' in result && result.outcome, 'ok')
  assert.equal('keyCount' in result && result.keyCount, 2)
})

test('S2D-03 an unknown tenant is told from everything else', async () => {
  const body = { error: 'invalid_tenant', error_description: 'AADSTS90002: Tenant not found.' }
  const { result, asked } = await ask(() => ({ [DISCOVERY]: { status: 400, body } }))
  assert.equal('outcome' in result && result.outcome, 'unknown_tenant')
  assert.deepEqual(asked, [DISCOVERY])
})

test('S2D-03 another issuer is a mismatch, with both values', async () => {
  const { result } = await ask(() => ({ [DISCOVERY]: { body: { issuer: 'https://evil.example/\u001b[31m' } } }))
  assert.equal('outcome' in result && result.outcome, 'issuer_mismatch')
  assert.equal('presented' in result && result.presented, 'https://evil.example/?[31m')
})

test('S2D-03 everything that is no document is unreachable, with a reason', async () => {
  const endless: RequestListener = (request, response) => {
    const isOver = (error?: Error | null) => error || response.destroyed || request.socket.destroyed
    const write = (error?: Error | null): void => void (isOver(error) || response.write('x'.repeat(65_536), write))
    write()
  }
  const cases: [Answer | RequestListener, RegExp][] = [
    [{ status: 500, body: {} }, /answered 500/],
    [{ status: 400, body: { error: 'invalid_request' } }, /answered 400/],
    [{ status: 302, body: '', headers: { location: 'http://127.0.0.1:1/' } }, /redirect/],
    [{ body: '<html>' }, /without JSON/],
    [() => undefined, /in time/],
    [(_request, response) => void response.writeHead(200).write('{'), /in time/],
    [endless, /1 MiB/],
    [(request) => void request.socket.destroy(), /could not be reached/],
  ]
  for (const [answer, reason] of cases) {
    const { result } = await ask(() => ({ [DISCOVERY]: answer }))
    assert.equal('outcome' in result && result.outcome, 'unreachable')
    assert.match('says' in result ? result.says : '', reason)
  }
})

test('a tenant without keys is unreachable, and its document does not choose where keys are', async () => {
  const { result, asked } = await ask((authority) => ({
    [DISCOVERY]: { body: { ...issuer(authority), jwks_uri: `${authority}/internal` } },
    [KEYS]: { body: { keys: [] } },
  }))
  assert.equal('outcome' in result && result.outcome, 'unreachable')
  assert.deepEqual(asked, [DISCOVERY, KEYS])
})

test('S1-15 what is no GUID never becomes part of a URL', async () => {
  for (const tenantId of ['common', '../../evil', `${ACME_TENANT}/..`, '']) {
    const { result, asked } = await ask(() => ({}), tenantId)
    assert.deepEqual(result, { refused: { code: 'invalid', field: 'tenantId', says: 'must be a GUID' } })
    assert.deepEqual(asked, [])
  }
})

test('a cloud must be known, and http is for loopback only', async () => {
  const clouds = { remote: { authority: 'http://login.example' } }
  for (const cloud of ['remote', 'mars', 'constructor']) {
    const result = await testEntraConnection(
      { cloud, tenantId: ACME_TENANT },
      { clouds, fetch: () => assert.fail('it was asked') },
    )
    assert.equal('refused' in result && result.refused.field, 'cloud')
  }
})
