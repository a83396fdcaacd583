import assert from 'node:assert/strict'
import { EventEmitter, once } from 'node:events'
import { Agent, request } from 'node:http'
import { Readable, Transform } from 'node:stream'
import { text } from 'node:stream/consumers'
import { after, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { parseChallenge } from '../../test/auth-params.ts'
import { AUDIENCE, signWith, startFakeIssuer } from '../../test/fake-issuer.ts'
import { MIDDLEWARE, SDKS, type Framework, type Handler } from '../../test/frameworks.ts'
import { startLoopback, status } from '../../test/loopback-server.ts'
import { VerificationFault } from '../fault.ts'
import { createOidcVerifier } from '../oidc/verifier.ts'
import { bindPrincipal, currentPrincipal } from '../scope/principal.ts'
import type { BearerOptions } from './check-bearer.ts'
import type { VerifiedToken } from '../verified-token.ts'

const resourceMetadataUrl = 'https://h.example/.well-known/oauth-protected-resource/mcp'
const idp = await startFakeIssuer()
after(() => idp[Symbol.asyncDispose]())
const connections = [idp.connection(), idp.connection({ teamspaceId: 'team-b', audience: 'https://b.example/mcp' })]

// The SDKs compare `expiresAt` with the real time.
const NOW = Math.floor(Date.now() / 1000)
const tokenOf = (changes: Record<string, unknown> = {}) =>
  signWith(idp.claims({ iat: NOW - 10, exp: NOW + 300, ...changes }))

/** Enough that a body comes in several reads: a parser that loses the scope in between is found out. */
const PADDING = 'x'.repeat(90_000)

const who = () => {
  const principal = currentPrincipal()
  return `${principal.teamspaceId}/${principal.subject}`
}

async function startServer(
  framework: Framework,
  options: Partial<BearerOptions<VerifiedToken, unknown>> = {},
  handler: Handler = async () => who(),
) {
  const verifier = createOidcVerifier({ connections })
  let reached = 0
  const server = await framework.start({ verifier, resourceMetadataUrl, ...options }, (...call) => {
    reached++
    return handler(...call)
  })
  return {
    url: server.url,
    reached: () => reached,
    call: (accessToken?: string, { body = {}, query = '' }: { body?: unknown; query?: string } = {}) =>
      fetch(`${server.url}/mcp${query}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...(accessToken && { authorization: `Bearer ${accessToken}` }) },
        body: JSON.stringify(body),
      }),
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  }
}

const challengeOf = (response: Response) => parseChallenge(response.headers.get('www-authenticate')!).params

for (const framework of [...MIDDLEWARE, ...SDKS]) {
  const { name } = framework

  test(`${name}: a verified caller reaches the handler, which runs as that caller`, async () => {
    const seen: unknown[] = []
    await using server = await startServer(framework, {}, async (body, auth) => {
      seen.push(body, auth)
      await pause(1)
      return who()
    })
    const response = await server.call(await tokenOf(), { body: { hello: 'world' } })
    assert.deepEqual([response.status, await response.text()], [200, 'team-a/User-1'])
    assert.equal(response.headers.get('www-authenticate'), null, 'X-21')
    assert.deepEqual(seen[0], { hello: 'world' })
    if (name === 'node:http') return
    const { token, clientId, scopes, expiresAt, resource, extra } = seen[1] as NonNullable<Parameters<Handler>[1]>
    assert.deepEqual([token, clientId, scopes], ['', 'client-1', ['openid', 'mcp.access']])
    assert.deepEqual([expiresAt, resource?.href, extra.verified.kind], [NOW + 300, AUDIENCE, 'oidc'])
  })

  test(`${name}: X-04, X-13 a token in the query, and what is no JWT, are refused`, async () => {
    await using server = await startServer(framework)
    const statuses = [await server.call(undefined, { query: `?access_token=${await tokenOf()}` })]
    const notTokens = ['totally-not-a-real-token', 'ctx7sk', 'sk-live-abc', '..', 'a.b.c', 'a.b.c.d.e']
    for (const word of notTokens) statuses.push(await server.call(word))
    assert.deepEqual(
      statuses.map((response) => response.status),
      Array(7).fill(401),
    )
    assert.equal(server.reached(), 0)
  })

  test(`${name}: 2.5 a refused token: 401 invalid_token, where the metadata is, and what may be said of the reason`, async () => {
    await using server = await startServer(framework)
    const response = await server.call(await tokenOf({ aud: 'account' }))
    assert.equal(response.status, 401)
    const { error, error_description: says, resource_metadata: metadata } = challengeOf(response)
    assert.deepEqual([error, says, metadata], ['invalid_token', 'Unknown audience', resourceMetadataUrl])
    assert.deepEqual(await response.json(), { error: 'invalid_token', error_description: 'Unknown audience' })
    assert.equal(server.reached(), 0)
  })

  test(`${name}: X-22 too little scope: 403 insufficient_scope with the scope`, async () => {
    await using server = await startServer(framework, { requiredScope: 'mcp.write' })
    const response = await server.call(await tokenOf())
    assert.equal(response.status, 403)
    assert.deepEqual(
      [challengeOf(response)['error'], challengeOf(response)['scope']],
      ['insufficient_scope', 'mcp.write'],
    )
    assert.equal(server.reached(), 0)
  })

  test(`${name}: S4 8 calls of two teamspaces at once: each handler sees its own caller`, async () => {
    await using server = await startServer(framework, {}, async (body) => {
      const before = who()
      await pause(Math.random() * 5)
      return `${(body as { call: string }).call} ${before} ${who()}`
    })
    const tokens = await Promise.all([tokenOf(), tokenOf({ aud: 'https://b.example/mcp', sub: 'User-2' })])
    const answers = await Promise.all(
      Array.from({ length: 100 }, async (_, i) =>
        (await server.call(tokens[i % 2]!, { body: { call: `${i}`, padding: PADDING } })).text(),
      ),
    )
    const own = ['team-a/User-1', 'team-b/User-2']
    assert.deepEqual(
      answers,
      answers.map((_, i) => `${i} ${own[i % 2]} ${own[i % 2]}`),
    )
    assert.throws(currentPrincipal)
  })

  test(`${name}: S4-32 timers, streams, emitters and pooled connections of a handler are those of its caller`, async () => {
    await using upstream = await startLoopback((_req, res) => void setTimeout(() => res.end('x'), Math.random() * 3))
    const agent = new Agent({ keepAlive: true, maxSockets: 2 })
    const emitter = new EventEmitter().setMaxListeners(0)
    await using server = await startServer(framework, {}, async () => {
      const seen: string[] = []
      const note = () => void seen.push(who())
      await new Promise<void>((resolve) => setTimeout(() => resolve(note()), Math.random() * 3))
      const [response] = await once(request(upstream.url, { agent }).end(), 'response')
      response.on('data', note)
      await once(response, 'end')
      const noting = new Transform({ transform: (chunk, _encoding, done) => done((note(), null), chunk) })
      await text(Readable.from(['part']).pipe(noting))
      const heard = new Promise<void>((resolve) => {
        const hear = bindPrincipal(() => resolve(note()))
        emitter.once('tick', hear)
      })
      setImmediate(() => emitter.emit('tick')) // wakes the handlers of all calls that wait
      await heard
      return seen.join(' ')
    })
    const subjects = Array.from({ length: 40 }, (_, i) => `User-${i}`)
    const answers = await Promise.all(
      subjects.map(async (sub, i) => {
        const audience = i % 2 ? { aud: 'https://b.example/mcp' } : {}
        return (await server.call(await tokenOf({ sub, ...audience }))).text()
      }),
    )
    agent.destroy()
    const expected = subjects.map((sub, i) =>
      Array(4)
        .fill(`${i % 2 ? 'team-b' : 'team-a'}/${sub}`)
        .join(' '),
    )
    assert.deepEqual(answers, expected)
  })
}

// What the SDKs do in their own way.
for (const framework of MIDDLEWARE) {
  const { name } = framework

  test(`${name}: X-01, X-20 without a credential: 401, where the metadata is, and no error`, async () => {
    await using server = await startServer(framework, { requiredScope: 'mcp.access' })
    const response = await server.call()
    assert.equal(response.status, 401)
    assert.deepEqual(challengeOf(response), { scope: 'mcp.access', resource_metadata: resourceMetadataUrl })
    assert.match(response.headers.get('content-type')!, /^application\/json/)
    assert.equal(response.headers.get('cache-control'), 'no-store')
    assert.equal(((await response.json()) as { error: string }).error, 'token_missing')
    assert.equal(server.reached(), 0)
  })

  test(`${name}: X-05 two Authorization headers are refused, though both are good`, async () => {
    await using server = await startServer(framework)
    const good = `Bearer ${await tokenOf()}`
    for (const authorization of [[good, good], `${good}, ${good}`, `${good},${good}`]) {
      const sent = request(`${server.url}/mcp`, { method: 'POST', headers: { 'content-type': 'application/json' } })
      sent.setHeader('authorization', authorization)
      sent.end('{}')
      const [response] = await once(sent, 'response')
      response.resume()
      assert.equal(response.statusCode, 401)
    }
    assert.equal(server.reached(), 0)
  })

  test(`${name}: 2.5 what was refused, and why, can be written to a log`, async () => {
    const denials: string[] = []
    await using server = await startServer(framework, { onDenial: ({ denied }) => denials.push(denied.code) })
    await server.call(await tokenOf({ aud: 'account' }))
    await server.call()
    assert.deepEqual(denials, ['audience_unknown', 'token_missing'])
  })

  test(`${name}: S5-31 an issuer that is down: 503 with Retry-After and no challenge`, async () => {
    await using down = await startFakeIssuer()
    down.answers.set(down.metadataPath, status(500))
    const faults: unknown[] = []
    const verifier = createOidcVerifier({ connections: [down.connection()] })
    await using server = await startServer(framework, { verifier, onFault: (fault) => faults.push(fault) })
    const response = await server.call(await signWith(down.claims({ iat: NOW - 10, exp: NOW + 300 })))
    assert.equal(response.status, 503)
    assert.equal(response.headers.get('retry-after'), '5')
    assert.equal(response.headers.get('www-authenticate'), null)
    assert.ok(faults[0] instanceof VerificationFault)
    assert.equal(server.reached(), 0)
  })
}
