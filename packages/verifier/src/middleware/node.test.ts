import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseChallenge } from '../../test/auth-params.ts'
import {
  connection,
  NOW_SECONDS,
  signToken,
  startFakeEntra,
  userClaims,
  USER,
  type FakeEntra,
} from '../../test/fake-entra.ts'
import { startLoopback, status } from '../../test/loopback-server.ts'
import { localSource } from '../entra/local-source.ts'
import { createEntraVerifier } from '../entra/verifier.ts'
import { VerificationFault } from '../fault.ts'
import { requireBearer, type RequireBearerOptions } from './node.ts'

const resourceMetadataUrl = 'https://h.example/.well-known/oauth-protected-resource/mcp'

async function startServer(entra: FakeEntra, options: Partial<RequireBearerOptions> = {}) {
  const verifier = createEntraVerifier({
    connections: localSource([connection()]),
    clouds: entra.clouds,
    now: () => NOW_SECONDS * 1000,
  })
  const authenticate = requireBearer({ verifier, resourceMetadataUrl, ...options })
  const reached: string[] = []
  const server = await startLoopback(async (req, res) => {
    const caller = await authenticate(req, res)
    if (!caller) return
    reached.push(caller.subject)
    res.end(caller.subject)
  })
  const call = (authorization?: string, path = '/mcp') =>
    fetch(server.url + path, { method: 'POST', body: '{}', ...(authorization && { headers: { authorization } }) })
  return { call, reached, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() }
}

const challengeOf = (response: Response) => parseChallenge(response.headers.get('www-authenticate')!).params

test('a verified caller reaches the server, without a challenge', async () => {
  await using entra = await startFakeEntra()
  await using server = await startServer(entra)
  const response = await server.call(`bearer  ${await signToken(userClaims(entra))}`)
  assert.deepEqual([response.status, await response.text()], [200, USER])
  assert.equal(response.headers.get('www-authenticate'), null)
})

test('X-01, X-20 without a credential: 401 and where to find the metadata, but no error', async () => {
  await using entra = await startFakeEntra()
  await using server = await startServer(entra, { requiredScope: 'mcp.access' })
  const response = await server.call()
  assert.equal(response.status, 401)
  assert.deepEqual(challengeOf(response), { scope: 'mcp.access', resource_metadata: resourceMetadataUrl })
  assert.deepEqual(await response.json(), {
    error: 'token_missing',
    error_description: 'Authentication required. Please authenticate to use this MCP server.',
  })
  assert.deepEqual(server.reached, [])
})

test('X-04 an access token in the query string is no credential', async () => {
  await using entra = await startFakeEntra()
  await using server = await startServer(entra)
  const response = await server.call(undefined, `/mcp?access_token=${await signToken(userClaims(entra))}`)
  assert.equal(response.status, 401)
  assert.deepEqual(server.reached, [])
})

test('2.5 a refused token: 401 invalid_token with the text of the reason', async () => {
  await using entra = await startFakeEntra()
  await using server = await startServer(entra)
  const expected: [Record<string, unknown>, string][] = [
    [{ aud: undefined }, 'Missing audience'],
    [{ aud: '00000003-0000-0000-c000-000000000000' }, 'Unknown audience'],
    [{ exp: NOW_SECONDS - 100 }, 'Token expired'],
    [{ tid: USER }, 'Invalid token claims'],
  ]
  for (const [changes, text] of expected) {
    const response = await server.call(`Bearer ${await signToken(userClaims(entra, changes))}`)
    assert.equal(response.status, 401)
    assert.equal(response.headers.get('content-type'), 'application/json')
    assert.equal(challengeOf(response)['error'], 'invalid_token')
    assert.equal(challengeOf(response)['error_description'], text)
    assert.deepEqual(await response.json(), { error: 'invalid_token', error_description: text })
  }
  const garbage = await server.call('Bearer not-a-token')
  assert.equal(challengeOf(garbage)['error_description'], 'Invalid token')
  assert.deepEqual(server.reached, [])
})

test('X-22, S1-44 too little scope: 403 insufficient_scope with the scope, of the connection or of the server', async () => {
  await using entra = await startFakeEntra()
  await using server = await startServer(entra, { requiredScope: 'mcp.write' })
  for (const [scp, scope] of [
    ['openid', 'mcp.access'],
    ['mcp.access', 'mcp.write'],
  ]) {
    const response = await server.call(`Bearer ${await signToken(userClaims(entra, { scp }))}`)
    assert.equal(response.status, 403)
    assert.equal(challengeOf(response)['error'], 'insufficient_scope')
    assert.equal(challengeOf(response)['scope'], scope)
    assert.deepEqual(await response.json(), {
      error: 'insufficient_scope',
      error_description: 'Missing required scope',
    })
  }
  const enough = await server.call(`Bearer ${await signToken(userClaims(entra, { scp: 'mcp.access mcp.write' }))}`)
  assert.equal(enough.status, 200)
})

test('S1-16, S1-63 a fault: 503 with Retry-After, no challenge and no detail', async () => {
  await using entra = await startFakeEntra()
  entra.answers.set(entra.keysPath(), status(500))
  const faults: unknown[] = []
  await using server = await startServer(entra, { onFault: (fault) => faults.push(fault) })
  const token = await signToken(userClaims(entra))
  const response = await server.call(`Bearer ${token}`)
  assert.equal(response.status, 503)
  assert.equal(response.headers.get('retry-after'), '5')
  assert.equal(response.headers.get('www-authenticate'), null)
  assert.deepEqual(await response.json(), {
    error: 'temporarily_unavailable',
    error_description: 'The access token could not be verified now.',
  })
  assert.ok(faults[0] instanceof VerificationFault)
  assert.ok(!JSON.stringify(faults[0], Object.getOwnPropertyNames(faults[0])).includes(token), 'X-50')
  assert.deepEqual(server.reached, [])
})

test('an error that nobody foresaw is closed as well', async () => {
  await using entra = await startFakeEntra()
  const verifier = {
    verify: () => {
      throw new TypeError('unforeseen')
    },
  }
  await using server = await startServer(entra, { verifier })
  assert.equal((await server.call('Bearer x')).status, 503)
  assert.deepEqual(server.reached, [])
})

test("what was denied can be written to a log of one's own", async () => {
  await using entra = await startFakeEntra()
  const codes: string[] = []
  await using server = await startServer(entra, { onDenial: ({ denied }) => codes.push(denied.code) })
  await server.call()
  await server.call('Bearer x')
  assert.deepEqual(codes, ['token_missing', 'token_malformed'])
})
