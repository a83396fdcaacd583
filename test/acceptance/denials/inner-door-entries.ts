import { randomUUID } from 'node:crypto'
import type { Entry } from './entry.ts'
import { signInOf } from './outer-door-entries.ts'
import { ACME } from '../../support/gate.ts'
import type { World } from './world.ts'

const CLAIMS = '{"access_token":{"acrs":{"essential":true,"value":"c1"}}}'

/** The next exchange is answered so. */
const entraSays =
  (fault: { aadsts?: number; status?: number; claims?: string; retryAfterSeconds?: number }) =>
  async ({ emulator }: World) => {
    emulator.setFault({ path: 'token', kind: 'status', ...fault })
    return () => emulator.setFault(undefined)
  }

/** With an assertion that nothing is known of, so that no earlier failure answers for this one. */
const exchange =
  (claims: Record<string, unknown> = {}): Entry['send'] =>
  async ({ send, sign }) =>
    send('exchanged', await sign({ uti: randomUUID(), ...claims }))

const refusedToken = (world: World) => ({ ...signInOf('exchanged')(world), error: 'invalid_token' })
const AT_EXCHANGE = { server: 'exchanged', step: 'exchange' } as const
const SIGN_IN = 'the client has to sign in again'

/** Refusals of the identity provider, when it is asked for what the server behind is shown. */
export const INNER_DOOR: readonly Entry[] = [
  {
    ...AT_EXCHANGE,
    code: 'assertion_refused',
    arrange: entraSays({ aadsts: 50013 }),
    send: exchange(),
    status: 401,
    challenge: refusedToken,
    detail: () => ({
      aadsts: [50013],
      hint: "The assertion was refused: check the gateway app's API permission on the API app, and its admin consent.",
    }),
    fix: SIGN_IN,
  },
  {
    ...AT_EXCHANGE,
    code: 'claims_required',
    arrange: entraSays({ aadsts: 50076, claims: CLAIMS }),
    send: exchange({ xms_cc: ['cp1'] }),
    status: 401,
    challenge: (world) => ({
      ...signInOf('exchanged')(world),
      error: 'insufficient_claims',
      realm: '',
      authorization_uri: authorizationUri(world),
      claims: Buffer.from(CLAIMS).toString('base64'),
    }),
    detail: (world) => ({
      claims: CLAIMS,
      authorizationUri: authorizationUri(world),
      aadsts: [50076],
      hint: 'The tenant asks for multi-factor authentication.',
    }),
    fix: SIGN_IN,
  },
  {
    ...AT_EXCHANGE,
    code: 'interaction_required',
    arrange: entraSays({ aadsts: 50076 }),
    send: exchange(),
    status: 401,
    challenge: refusedToken,
    detail: () => ({ aadsts: [50076], hint: 'The tenant asks for multi-factor authentication.' }),
    fix: SIGN_IN,
  },
  {
    ...AT_EXCHANGE,
    code: 'consent_required',
    arrange: entraSays({ aadsts: 65001 }),
    send: exchange(),
    status: 403,
    error: 'access_denied',
    detail: () => ({ aadsts: [65001], hint: 'Grant admin consent for the gateway app on the API app.' }),
    fix: 'grant admin consent to the gateway client',
  },
  {
    ...AT_EXCHANGE,
    code: 'user_not_assigned',
    arrange: entraSays({ aadsts: 50105 }),
    send: exchange(),
    status: 403,
    error: 'access_denied',
    detail: () => ({
      aadsts: [50105],
      hint: 'Assign the user, or a group of theirs, to the enterprise application.',
    }),
    fix: 'assign the user to the enterprise application',
  },
  {
    ...AT_EXCHANGE,
    code: 'access_blocked',
    arrange: entraSays({ aadsts: 53003 }),
    send: exchange(),
    status: 403,
    error: 'access_denied',
    detail: () => ({ aadsts: [53003], hint: 'A Conditional Access policy of the tenant applies to the API.' }),
    fix: 'Conditional Access policies of the Entra tenant',
  },
  {
    ...AT_EXCHANGE,
    code: 'exchange_unavailable',
    arrange: entraSays({ status: 503 }),
    send: exchange(),
    status: 503,
    headers: { 'retry-after': '5' },
    detail: () => ({
      aadsts: [],
      hint: 'The token endpoint is failing.',
      status: 503,
    }),
    fix: 'the token endpoint has to answer',
  },
  {
    ...AT_EXCHANGE,
    code: 'exchange_throttled',
    arrange: entraSays({ aadsts: 90055, retryAfterSeconds: 17 }),
    send: exchange(),
    status: 503,
    headers: { 'retry-after': '17' },
    detail: () => ({
      aadsts: [90055],
      hint: 'The token endpoint throttles.',
      status: 429,
      error: 'temporarily_unavailable',
    }),
    fix: 'wait; the identity provider limits the gateway client',
  },
  {
    ...AT_EXCHANGE,
    code: 'exchange_misconfigured',
    arrange: entraSays({ aadsts: 7000222 }),
    send: exchange(),
    status: 502,
    detail: () => ({ aadsts: [7000222], hint: 'The client secret has expired.', status: 401, error: 'invalid_client' }),
    fix: 'sallyport connection test TEAMSPACE',
  },
]

const authorizationUri = ({ emulator }: World) => `${emulator.url}/${ACME.tenantId}/oauth2/v2.0/authorize`
