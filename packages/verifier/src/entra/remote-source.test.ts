import assert from 'node:assert/strict'
import { after, beforeEach, test } from 'node:test'
import {
  API,
  CLIENT,
  NOW_SECONDS,
  OTHER_TENANT,
  signToken,
  startFakeEntra,
  TENANT,
  userClaims,
} from '../../test/fake-entra.ts'
import { flood, hang, json, startLoopback, status, type Answer } from '../../test/loopback-server.ts'
import { isDenied } from '../denial.ts'
import { VerificationFault } from '../fault.ts'
import { cachedSource } from './cached-source.ts'
import { remoteSource, type RemoteSourceOptions } from './remote-source.ts'
import { createEntraVerifier } from './verifier.ts'

const CONFIG = { teamspaceId: 'team-a', tenantId: TENANT, requiredScope: 'mcp.access' }

let answer: Answer
let requests: string[]
beforeEach(() => {
  answer = json(CONFIG)
  requests = []
})
const sallyport = await startLoopback((req, res) => {
  requests.push(`${req.method} ${req.url}`)
  answer(req, res)
})
after(() => sallyport[Symbol.asyncDispose]())

const sourceOf = (options: Partial<RemoteSourceOptions> = {}) => remoteSource({ url: sallyport.url, ...options })
const find = async (options?: Partial<RemoteSourceOptions>, audience = API) => sourceOf(options).find(TENANT, audience)
const isUnavailable = (fault: unknown) => fault instanceof VerificationFault && fault.code === 'connections_unavailable'

test('S1-10, S1-11 the connection is asked for by audience and tenant', async () => {
  assert.deepEqual(await find(), {
    teamspaceId: 'team-a',
    cloud: 'global',
    tenantId: TENANT,
    audience: API,
    requiredScope: 'mcp.access',
    acceptedRoles: [],
    allowedClients: [],
  })
  assert.deepEqual(requests, [`GET /v2/entra/config/${API}?tid=${TENANT}`])
})

test('S1-10 an audience is one segment of the path, whatever it holds; a trailing slash of the url does not matter', async () => {
  await find({ url: `${sallyport.url}/` }, 'api://a/../b?c')
  assert.deepEqual(requests, [`GET /v2/entra/config/api%3A%2F%2Fa%2F..%2Fb%3Fc?tid=${TENANT}`])
})

test('what Sallyport adds to the answer of the seed is taken over', async () => {
  const more = { cloud: 'usgov', use: 'server', acceptedRoles: ['Mcp.Call'], allowedClients: [CLIENT] }
  answer = json({ ...CONFIG, ...more, requiredScope: null, unknown: 1 })
  const found = await find()
  assert.deepEqual(
    [found?.cloud, found?.requiredScope, found?.acceptedRoles, found?.allowedClients],
    ['usgov', null, ['Mcp.Call'], [CLIENT]],
  )
})

test('S1-06 404 is an authoritative absence', async () => {
  answer = json({ error: 'not found' }, 404)
  assert.equal(await find(), undefined)
})

test('S1-30 a connection of another tenant than the one asked for counts as absent', async () => {
  answer = json({ ...CONFIG, tenantId: OTHER_TENANT })
  assert.equal(await find(), undefined)
})

test('a connection for the gate counts as absent for a server', async () => {
  answer = json({ ...CONFIG, use: 'gate' })
  assert.equal(await find(), undefined)
})

test('audiences beyond the allowed ones are absent and not asked for', async () => {
  assert.equal(await find({ allowedAudiences: [CLIENT] }), undefined)
  assert.deepEqual(requests, [])
  assert.ok(await find({ allowedAudiences: [API.toUpperCase()] }))
})

for (const [what, wrong] of Object.entries<Answer>({
  '400': status(400),
  '401': status(401),
  '500': json({ error: 'exception' }, 500),
  'another success without a body': status(204),
  'a redirect': status(302, { location: '/elsewhere' }),
  'no JSON': (_req, res) => res.end('<html>'),
  'an empty body': (_req, res) => res.end(),
  null: json(null),
  'a list': json([CONFIG]),
  'no tenantId': json({ ...CONFIG, tenantId: undefined }),
  'a tenantId that is a path': json({ ...CONFIG, tenantId: '../../evil' }),
  'no teamspaceId': json({ ...CONFIG, teamspaceId: undefined }),
  'an empty teamspaceId': json({ ...CONFIG, teamspaceId: '' }),
  'no requiredScope': json({ ...CONFIG, requiredScope: undefined }),
  'an empty requiredScope': json({ ...CONFIG, requiredScope: '' }),
  'two words as requiredScope': json({ ...CONFIG, requiredScope: 'a b' }),
  'roles that are no list': json({ ...CONFIG, acceptedRoles: 'Mcp.Call' }),
  'clients that are no strings': json({ ...CONFIG, allowedClients: [5] }),
  'a use that is unknown': json({ ...CONFIG, use: 'other' }),
  'more than 64 KiB': json({ ...CONFIG, padding: 'x'.repeat(64 * 1024) }),
  'an answer without end': flood,
  'an answer that never comes': hang,
  'a connection cut short': (_req, res) => res.destroy(),
})) {
  test(`S1-08, S1-15 ${what} means "could not tell"`, async () => {
    answer = wrong
    await assert.rejects(find({ timeoutSeconds: 0.3 }), isUnavailable)
    assert.ok(!requests.includes('GET /elsewhere'))
  })
}

for (const url of ['http://sallyport.example', 'ftp://127.0.0.1', 'sallyport', '']) {
  test(`a url on which an answer could be forged is refused: ${JSON.stringify(url)}`, () => {
    assert.throws(() => remoteSource({ url }), TypeError)
  })
}

test('S1 acceptance 1–4: a server that asks Sallyport admits, refuses and recovers', async () => {
  await using entra = await startFakeEntra()
  const clock = { seconds: NOW_SECONDS }
  const now = () => clock.seconds * 1000
  const connections = cachedSource(sourceOf(), { now })
  const verifier = createEntraVerifier({ connections, clouds: entra.clouds, now, tokenCache: { maxAgeSeconds: 0 } })
  const token = await signToken(userClaims(entra))
  const codeOf = async () => {
    const outcome = await verifier.verify(token)
    return isDenied(outcome) ? outcome.denied.code : 'verified'
  }

  answer = json({}, 500)
  await assert.rejects(codeOf, isUnavailable)
  answer = json({}, 404)
  assert.equal(await codeOf(), 'audience_unknown')
  assert.equal(await codeOf(), 'audience_unknown')
  assert.equal(requests.length, 2)

  answer = json(CONFIG)
  clock.seconds += 300
  assert.deepEqual(await Promise.all(Array.from({ length: 100 }, codeOf)), Array(100).fill('verified'))
  clock.seconds += 299
  assert.equal(await codeOf(), 'verified')
  assert.equal(requests.length, 3)

  answer = json({}, 404)
  clock.seconds += 1
  assert.equal(await codeOf(), 'audience_unknown')
  assert.equal(requests.length, 4)
})
