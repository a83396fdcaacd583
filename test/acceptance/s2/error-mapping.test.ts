import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, afterEach, before, describe, it } from 'node:test'
import { AADSTS } from 'entra-emulator'
import { parseChallenge } from '../../../packages/verifier/test/auth-params.ts'
import { testClock } from '../../support/entra-tokens.ts'
import { ACME, startGate } from '../../support/gate.ts'
import type { TestGate } from '../../support/gate.ts'
import { auditRowOf, cp1TokenFor, exchangesOf, forge, registrationOf } from './support.ts'

/** What the caller is told, and the code that admins find in the audit trail. */
const ANSWERS = {
  assertion_refused: { status: 401, error: 'invalid_token' },
  interaction_required: { status: 401, error: 'invalid_token' },
  claims_required: { status: 401, error: 'insufficient_claims' },
  consent_required: { status: 403 },
  user_not_assigned: { status: 403 },
  access_blocked: { status: 403 },
  exchange_misconfigured: { status: 502 },
  exchange_throttled: { status: 503 },
  exchange_unavailable: { status: 503 },
} as const
type Rule = keyof typeof ANSWERS

/** Rows of behaviours 3.F that a token endpoint can answer an exchange with: code, verdict, a word of the hint. */
const ROWS: readonly (readonly [code: keyof typeof AADSTS, rule: Rule, hint: RegExp])[] = [
  [50013, 'assertion_refused', /API permission.*admin consent/],
  [500131, 'assertion_refused', /audience/],
  [500133, 'assertion_refused', /expired/],
  [65001, 'consent_required', /admin consent/],
  [65004, 'consent_required', /declined/],
  [70011, 'exchange_misconfigured', /scope.*\.default/],
  [65005, 'consent_required', /authorized client applications/],
  [650053, 'exchange_misconfigured', /scope does not exist/],
  [650056, 'exchange_misconfigured', /API permission/],
  [650057, 'exchange_misconfigured', /API permissions/],
  [500011, 'exchange_misconfigured', /not in this tenant/],
  [50105, 'user_not_assigned', /Assign the user/],
  [700016, 'exchange_misconfigured', /client id is not in this tenant/],
  [7000215, 'exchange_misconfigured', /secret ID/],
  [7000222, 'exchange_misconfigured', /expired/],
  [7000218, 'exchange_misconfigured', /must prove itself/],
  [700025, 'exchange_misconfigured', /public client/],
  [700027, 'exchange_misconfigured', /certificate is not registered/],
  [7000114, 'exchange_misconfigured', /On-Behalf-Of/],
  [50076, 'interaction_required', /multi-factor/],
  [50074, 'interaction_required', /multi-factor/],
  [50079, 'interaction_required', /multi-factor/],
  [50078, 'interaction_required', /multi-factor/],
  [53000, 'access_blocked', /Conditional Access/],
  [53001, 'access_blocked', /Conditional Access/],
  [53002, 'access_blocked', /Conditional Access/],
  [53003, 'access_blocked', /Conditional Access/],
  [50173, 'assertion_refused', /sign in again/],
  [70043, 'assertion_refused', /sign in again/],
  [700082, 'assertion_refused', /sign in again/],
  [700084, 'assertion_refused', /sign in again/],
  [70008, 'assertion_refused', /sign in again/],
  [50196, 'exchange_throttled', /too often/],
  [90055, 'exchange_throttled', /throttles/],
  [90002, 'exchange_misconfigured', /tenant does not exist/],
  [900144, 'exchange_misconfigured', /refused the gateway client/],
]

const CLAIMS = '{"access_token":{"acrs":{"essential":true,"value":"c1"}}}'
/** Microsoft's own example of the encoding (S2B-14). */
const CLAIMS_BASE64 = 'eyJhY2Nlc3NfdG9rZW4iOnsiYWNycyI6eyJlc3NlbnRpYWwiOnRydWUsInZhbHVlIjoiYzEifX19'

describe('failed exchanges', () => {
  const clock = testClock()
  let gate: TestGate
  let token: string
  let cp1Token: string
  let answerInstead: (() => Response) | undefined
  const fetcher: typeof fetch = async (input, init) =>
    answerInstead && init?.method === 'POST' ? answerInstead() : fetch(input, init)
  before(async () => {
    gate = await startGate({ now: clock.now, fetch: fetcher })
    gate.emulator.setTokenLifetime(ACME.tenantId, 86_400)
    token = await gate.tokenFor(ACME.ada.email)
    cp1Token = await cp1TokenFor(gate, ACME.ada.email)
  })
  after(() => gate.close())
  afterEach(() => void (answerInstead = undefined))

  interface Expected {
    readonly rule: Rule
    readonly hint: RegExp
    readonly codes?: readonly number[]
  }

  /** The whole promise of a row: answer, silence of the answer, audit row, and a server that saw nothing. */
  async function assertRefused(accessToken: string, { rule, hint, codes = [] }: Expected) {
    const response = await gate.call(accessToken)
    const body = await response.text()
    const expected: { status: number; error?: string } = ANSWERS[rule]
    assert.equal(response.status, expected.status, body)
    assert.equal(JSON.parse(body).code, rule)
    assert.equal(response.headers.get('cache-control'), 'no-store')
    const challenge = response.headers.get('www-authenticate')
    const { params } = challenge === null ? { params: undefined } : parseChallenge(challenge)
    assert.equal(params?.error, expected.error)
    if (params) assert.equal(params.resource_metadata, `${gate.publicUrl}/.well-known/oauth-protected-resource`)
    assert.equal(response.headers.has('retry-after'), expected.status === 503)

    const row = await auditRowOf(gate, response)
    assert.deepEqual([row.rule, row.status, row.teamspaceId !== undefined], [rule, expected.status, true])
    assert.deepEqual(row.detail.aadsts, codes)
    assert.match(row.detail.hint, hint)
    assert.equal(row.email, ACME.ada.email)

    // Ids and ports are left out: their digits may look like any short code.
    const told = `${body.replace(row.id, '')}\n${challenge?.replace(/claims="[^"]*"|:\d+/g, '')}`
    for (const secret of [row.detail.hint, row.detail.correlationId, 'AADSTS', 'Trace ID', ...codes.map(String)]) {
      if (secret) assert.ok(!told.includes(secret), `the caller is told ${secret}`)
    }
    assert.equal(gate.upstream.seen.length, 0)
    return { params, row, retryAfter: Number(response.headers.get('retry-after')) }
  }

  /** An assertion that nothing is known of, so that no earlier failure answers for this one. */
  const fresh = (accessToken = token) => forge(gate, accessToken, { uti: randomUUID() })

  const withFault = async <T>(
    fault: Omit<NonNullable<Parameters<typeof gate.emulator.setFault>[0]>, 'path' | 'kind'>,
    work: () => Promise<T>,
  ): Promise<T> => {
    gate.emulator.setFault({ path: 'token', kind: 'status', ...fault })
    return work().finally(() => gate.emulator.setFault(undefined))
  }

  for (const [code, rule, hint] of ROWS) {
    it(`S2 10: AADSTS${code} is ${rule}, whatever the client understands`, async () => {
      for (const accessToken of [await fresh(), await fresh(cp1Token)]) {
        await withFault({ aadsts: code }, () => assertRefused(accessToken, { rule, hint, codes: [code] }))
      }
    })
  }

  for (const [code, rule, hint] of ROWS.filter(([, rule]) =>
    ['interaction_required', 'access_blocked'].includes(rule),
  )) {
    it(`S2 10: AADSTS${code} with claims challenges the clients that understand, and no others`, async () => {
      await withFault({ aadsts: code, claims: CLAIMS }, async () => {
        const { params } = await assertRefused(await fresh(cp1Token), { rule: 'claims_required', hint, codes: [code] })
        assert.deepEqual(
          { realm: params!.realm, authorization_uri: params!.authorization_uri, claims: params!.claims },
          {
            realm: '',
            authorization_uri: `${gate.emulator.url}/${ACME.tenantId}/oauth2/v2.0/authorize`,
            claims: CLAIMS_BASE64,
          },
        )
        const other = await assertRefused(await fresh(), { rule, hint, codes: [code] })
        assert.equal(other.params?.claims, undefined)
      })
    })
  }

  it('S2 10: claims that could break out of the challenge cannot, and oversized ones are not relayed', async () => {
    const hostile = '{"x":"\\" , Bearer error=\\"none\\"\\r\\nset-cookie: a=b","é":"€"}'
    await withFault({ aadsts: 50076, claims: hostile }, async () => {
      const { params } = await assertRefused(await fresh(cp1Token), {
        rule: 'claims_required',
        hint: /./,
        codes: [50076],
      })
      assert.equal(Buffer.from(params!.claims!, 'base64').toString(), hostile)
    })
    await withFault({ aadsts: 50076, claims: JSON.stringify({ x: 'x'.repeat(9000) }) }, async () => {
      await assertRefused(await fresh(cp1Token), { rule: 'interaction_required', hint: /./, codes: [50076] })
    })
  })

  it('S2 10: throttling tells the client when to come back: as Entra says, within bounds, or in half a minute', async () => {
    const waits: [number | undefined, number][] = [
      [undefined, 30],
      [17, 17],
      [86_400, 300],
    ]
    for (const [retryAfterSeconds, expected] of waits) {
      const fault = { aadsts: 90055, ...(retryAfterSeconds !== undefined && { retryAfterSeconds }) }
      const throttled = { rule: 'exchange_throttled', hint: /throttles/, codes: [90055] } as const
      const { retryAfter } = await withFault(fault, async () => assertRefused(await fresh(), throttled))
      assert.equal(retryAfter, expected)
    }
  })

  it('S2 10: 429, 5xx and pages that are no JSON are decided by their status', async () => {
    const page = (status: number, headers: Record<string, string> = {}) => {
      return () =>
        new Response('<h1>AADSTS65001 canary</h1>', { status, headers: { 'content-type': 'text/html', ...headers } })
    }
    const cases: [() => Response, Rule, number][] = [
      [page(429), 'exchange_throttled', 30],
      [page(429, { 'retry-after': '11' }), 'exchange_throttled', 11],
      [page(429, { 'retry-after': 'Fri, 31 Dec 2038 23:59:59 GMT' }), 'exchange_throttled', 30],
      [page(500), 'exchange_unavailable', 5],
      [page(503, { 'retry-after': '12' }), 'exchange_unavailable', 12],
      [page(504, { 'retry-after': '-1' }), 'exchange_unavailable', 5],
    ]
    for (const [answer, rule, expected] of cases) {
      answerInstead = answer
      const { retryAfter } = await assertRefused(await fresh(), { rule, hint: /token endpoint/ })
      assert.equal(retryAfter, expected)
    }
  })

  it('S2 10: a code that nobody listed is decided by the OAuth error (S2F-01)', async () => {
    const body = (error: unknown, more: object = {}) =>
      Response.json({ error, error_codes: [999], ...more }, { status: 400 })
    const cases: [() => Response, Rule, readonly number[]][] = [
      [() => body('invalid_grant'), 'assertion_refused', [999]],
      [() => body('interaction_required'), 'interaction_required', [999]],
      [() => body('consent_required'), 'consent_required', [999]],
      [() => body('access_denied'), 'access_blocked', [999]],
      [() => body('invalid_client'), 'exchange_misconfigured', [999]],
      [() => body('unauthorized_client'), 'exchange_misconfigured', [999]],
      [() => body('a_new_one'), 'exchange_misconfigured', [999]],
      [() => body('invalid_grant', { error_codes: 'x' }), 'assertion_refused', []],
      [() => body('invalid_grant', { error_codes: ['50076', null, {}, 998] }), 'assertion_refused', [998]],
      [() => body('invalid_grant', { error_codes: [999, 65001] }), 'consent_required', [999, 65001]],
      [() => body('constructor'), 'exchange_misconfigured', [999]],
      [() => body('__proto__'), 'exchange_misconfigured', [999]],
    ]
    for (const [answer, rule, codes] of cases) {
      answerInstead = answer
      await assertRefused(await fresh(), { rule, hint: /./, codes })
    }
  })

  /** The same rows as registrations produce them: a setting goes wrong, and is mended again. */
  describe('by configuration', () => {
    const api = () => registrationOf(gate, ACME.apiClientId)
    const client = () => registrationOf(gate)
    const tenant = () => gate.emulator.seed.tenants[0]!
    const ada = () => tenant().users.find(({ id }) => id === ACME.ada.oid)!
    const connect = (onBehalfOf: object = {}) =>
      gate.admin.must(
        'PUT',
        '/teamspaces/acme/connections/entra',
        gate.admin.connectionBody(ACME, {
          onBehalfOf: {
            clientId: ACME.gatewayClientId,
            credential: { kind: 'secret', secret: ACME.gatewaySecret },
            scope: `api://${ACME.apiClientId}/.default`,
            ...onBehalfOf,
          },
        }),
      )
    const withoutConsent = () => Object.assign(api(), { consents: [], preAuthorizedApplications: [] })

    const cases: [name: string, code: number, rule: Rule, spoil: () => unknown][] = [
      ['no admin consent', 65001, 'consent_required', withoutConsent],
      ['the API permission is missing', 650057, 'exchange_misconfigured', () => (withoutConsent(), Object.assign(client(), { requiredResourceAccess: [] }))], // prettier-ignore
      [
        'the scope does not exist',
        650053,
        'exchange_misconfigured',
        () => connect({ scope: `api://${ACME.apiClientId}/nope` }),
      ],
      [
        'the API does not exist',
        500011,
        'exchange_misconfigured',
        () => connect({ scope: `api://${randomUUID()}/.default` }),
      ],
      ['the user is not assigned', 50105, 'user_not_assigned', () => Object.assign(client(), { assignmentRequired: true, assignments: [], roleAssignments: [] })], // prettier-ignore
      ['the secret id was pasted', 7000215, 'exchange_misconfigured', () => connect({ credential: { kind: 'secret', secret: client().secrets[0]!.keyId } })], // prettier-ignore
      ['the secret expired', 7000222, 'exchange_misconfigured', () => Object.assign(client(), { secrets: [{ ...client().secrets[0]!, expiresAt: '2026-01-01T00:00:00Z' }] })], // prettier-ignore
      ['the client was removed', 700016, 'exchange_misconfigured', () => Object.assign(tenant(), { apps: tenant().apps.filter(({ appId }) => appId !== ACME.gatewayClientId) })], // prettier-ignore
    ]
    for (const [name, code, rule, spoil] of cases) {
      it(`S2 10: ${name}: AADSTS${code}, and once mended the call passes`, async () => {
        const kept = { tenant: { ...tenant() }, api: { ...api() }, client: { ...client() } }
        const [apiNow, clientNow] = [api(), client()]
        await spoil()
        const accessToken = await fresh()
        try {
          await assertRefused(accessToken, { rule, hint: /./, codes: [code] })
        } finally {
          Object.assign(tenant(), kept.tenant)
          Object.assign(apiNow, kept.api)
          Object.assign(clientNow, kept.client)
          await connect()
        }
        assert.equal((await gate.call(accessToken)).status, 200)
        gate.upstream.seen.length = 0
      })
    }

    it('S2 10: a policy asks for MFA: the claims lead through sign-in back to a call that passes', async () => {
      for (const [mfaRequired, code] of [
        [true, 50076],
        ['unregistered', 50079],
      ] as const) {
        Object.assign(ada(), { mfaRequired })
        try {
          const plain = { rule: 'interaction_required', hint: /multi-factor/, codes: [code] } as const
          await assertRefused(await fresh(), plain)
          const challenged = await assertRefused(await fresh(cp1Token), { ...plain, rule: 'claims_required' })
          const claims = Buffer.from(challenged.params!.claims!, 'base64').toString()
          const { acrs } = JSON.parse(claims).access_token
          const stepped = await forge(gate, cp1Token, { acrs: [acrs.value] })
          assert.equal((await gate.call(stepped)).status, 200)
          gate.upstream.seen.length = 0
        } finally {
          Object.assign(ada(), { mfaRequired: false })
        }
      }
    })

    it('S2 10: the assertion expired, or its key was withdrawn, between the doors', async () => {
      const expired = await forge(gate, token, { exp: clock.seconds - 10 })
      await assertRefused(expired, { rule: 'assertion_refused', hint: /expired/, codes: [500133] })
      const orphaned = await fresh()
      await gate.emulator.rotateKeys(ACME.tenantId)
      await assertRefused(orphaned, { rule: 'assertion_refused', hint: /permission/, codes: [50013] })
    })

    it('S2 10: a teamspace without an On-Behalf-Of client is a fault, and Entra is not asked', async () => {
      const { onBehalfOf: _none, ...body } = gate.admin.connectionBody(ACME)
      await gate.admin.must('PUT', '/teamspaces/acme/connections/entra', body)
      const before = exchangesOf(gate).length
      const response = await gate.call(await gate.tokenFor(ACME.ada.email))
      assert.equal(response.status, 502)
      assert.equal((await auditRowOf(gate, response)).rule, 'exchange_misconfigured')
      assert.equal(exchangesOf(gate).length, before)
      assert.equal(gate.upstream.seen.length, 0)
      await connect()
    })
  })
})
