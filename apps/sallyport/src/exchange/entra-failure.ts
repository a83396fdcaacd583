import { deny } from '../outcome/denial.ts'
import type { Denial } from '../outcome/denial.ts'
import { GateFault } from '../outcome/fault.ts'

/** The parts of a token endpoint's error answer that decide (RFC 6749 §5.2, with Entra's additions). */
export interface TokenEndpointError {
  readonly status: number
  readonly error: string | undefined
  readonly codes: readonly number[]
  readonly claims: string | undefined
  readonly correlationId: string | undefined
  readonly retryAfterSeconds: number | undefined
}

export interface FailureContext {
  /** The inbound token says that its client understands claims challenges (`xms_cc` has `cp1`). */
  readonly clientTakesClaims: boolean
  readonly authorizationUri: string
}

/** What a failed exchange means for this call and for the next ones with the same assertion. */
export interface ExchangeFailure {
  readonly outcome: Denial | GateFault
  /** How long the same exchange need not be tried again; Entra punishes repeats with AADSTS50196. */
  readonly holdSeconds: number
}

type Verdict =
  | 'assertion_refused'
  | 'proof_needed'
  | 'blocked'
  | 'consent_required'
  | 'user_not_assigned'
  | 'misconfigured'
  | 'throttled'
  | 'unavailable'

interface Row {
  readonly verdict: Verdict
  readonly hint: string
}

const MAX_CLAIMS = 8192
const MAX_WAIT_SECONDS = 300

const row = (verdict: Verdict, hint: string): Row => ({ verdict, hint })
const MFA = row('proof_needed', 'The tenant asks for multi-factor authentication.')
const SIGN_IN_AGAIN = row('assertion_refused', 'The grant ended; the user has to sign in again.')
const POLICY = row('blocked', 'A Conditional Access policy of the tenant applies to the API.')

/** AADSTS codes name the registration to mend; the OAuth `error` decides where a code is not listed (S2F-01). */
const BY_CODE: Readonly<Record<number, Row>> = {
  50013: row(
    'assertion_refused',
    "The assertion was refused: check the gateway app's API permission on the API app, and its admin consent.",
  ),
  500131: row('assertion_refused', 'The audience of the access token is not the gateway client.'),
  500133: row('assertion_refused', 'The access token expired before the exchange.'),
  65001: row('consent_required', 'Grant admin consent for the gateway app on the API app.'),
  65004: row('consent_required', 'The user declined consent.'),
  65005: row(
    'consent_required',
    'The client is not among the authorized client applications of the API, or the API is disabled.',
  ),
  70011: row('misconfigured', 'The downstream scope is invalid: it must read api://{api client id}/.default.'),
  650053: row('misconfigured', 'The downstream scope does not exist on the API app.'),
  650056: row('misconfigured', 'The gateway app lacks the API permission.'),
  650057: row('misconfigured', "The API is not in the gateway app's API permissions."),
  500011: row('misconfigured', 'The downstream API is not in this tenant.'),
  50105: row('user_not_assigned', 'Assign the user, or a group of theirs, to the enterprise application.'),
  700016: row('misconfigured', 'The gateway client id is not in this tenant.'),
  7000215: row('misconfigured', 'The client secret is wrong: was the secret ID pasted instead of its value?'),
  7000222: row('misconfigured', 'The client secret has expired.'),
  7000218: row('misconfigured', 'The gateway client must prove itself; no secret or assertion was sent.'),
  700027: row('misconfigured', 'The certificate is not registered with the gateway app.'),
  700025: row('misconfigured', 'The gateway app is a public client.'),
  700021: row('misconfigured', 'The federated client assertion was refused.'),
  70021: row('misconfigured', 'No federated credential of the gateway app matches; new ones take minutes to spread.'),
  700213: row('misconfigured', 'No federated credential of the gateway app has this subject.'),
  7000114: row('misconfigured', 'The gateway app may not make On-Behalf-Of calls, or the assertion is app-only.'),
  90002: row('misconfigured', 'The Entra tenant does not exist.'),
  50074: MFA,
  50076: MFA,
  50078: MFA,
  50079: MFA,
  53000: POLICY,
  53001: POLICY,
  53002: POLICY,
  53003: POLICY,
  50173: SIGN_IN_AGAIN,
  70043: SIGN_IN_AGAIN,
  700082: SIGN_IN_AGAIN,
  700084: SIGN_IN_AGAIN,
  70008: SIGN_IN_AGAIN,
  50196: row('throttled', 'Entra saw the same failing request too often.'),
  90055: row('throttled', 'Entra throttles the tenant.'),
}

const BY_ERROR: Readonly<Record<string, Row>> = {
  invalid_grant: row('assertion_refused', 'The identity provider refused the assertion.'),
  interaction_required: row('proof_needed', 'The identity provider asks for interaction.'),
  consent_required: row('consent_required', 'Consent is missing.'),
  access_denied: row('blocked', 'The identity provider denied access.'),
}

const FALLBACK = row('misconfigured', 'The identity provider refused the gateway client.')

/** Classifies an error answer of the token endpoint (behaviours 3.F). */
export function classifyFailure(error: TokenEndpointError, context: FailureContext): ExchangeFailure {
  const { verdict, hint } = findRow(error)
  return OUTCOMES[verdict]({ error, context, detail: { aadsts: error.codes.slice(0, 5), hint } })
}

function findRow({ status, error, codes }: TokenEndpointError): Row {
  if (status >= 500) return row('unavailable', 'The token endpoint is failing.')
  if (status === 429) return row('throttled', 'The token endpoint throttles.')
  const byCode = codes.map((code) => BY_CODE[code]).find((known) => known !== undefined)
  const byError = Object.hasOwn(BY_ERROR, error ?? '') ? BY_ERROR[error!] : undefined
  return byCode ?? byError ?? FALLBACK
}

interface Failed {
  readonly error: TokenEndpointError
  readonly context: FailureContext
  readonly detail: { readonly aadsts: readonly number[]; readonly hint: string }
}

type RefusalCode =
  'assertion_refused' | 'interaction_required' | 'access_blocked' | 'consent_required' | 'user_not_assigned'
type Judge = (failed: Failed) => ExchangeFailure

const refuse =
  (code: RefusalCode, holdSeconds: number): Judge =>
  ({ detail }) => ({ outcome: deny({ code, ...detail }), holdSeconds })

/** A claims challenge is relayed only to clients that say they understand it (S2B-14). */
const challengeOr =
  (otherwise: Judge): Judge =>
  (failed) => {
    const { error, context, detail } = failed
    const { claims } = error
    if (claims === undefined || claims.length > MAX_CLAIMS || !context.clientTakesClaims) return otherwise(failed)
    const { authorizationUri } = context
    return { outcome: deny({ code: 'claims_required', claims, authorizationUri, ...detail }), holdSeconds: 30 }
  }

const fault =
  (code: 'exchange_misconfigured' | 'exchange_throttled' | 'exchange_unavailable', holdSeconds: number): Judge =>
  ({ error, detail }) => {
    const { status, error: oauthError, correlationId, retryAfterSeconds } = error
    const wait = retryAfterSeconds === undefined ? undefined : Math.min(retryAfterSeconds, MAX_WAIT_SECONDS)
    const outcome = new GateFault(code, detail.hint, {
      detail: { ...detail, status, error: oauthError, correlationId },
      ...(wait !== undefined && { retryAfterSeconds: wait }),
    })
    return { outcome, holdSeconds: wait ?? holdSeconds }
  }

const OUTCOMES: Record<Verdict, Judge> = {
  assertion_refused: refuse('assertion_refused', 30),
  proof_needed: challengeOr(refuse('interaction_required', 30)),
  blocked: challengeOr(refuse('access_blocked', 30)),
  consent_required: refuse('consent_required', 60),
  user_not_assigned: refuse('user_not_assigned', 60),
  misconfigured: fault('exchange_misconfigured', 30),
  throttled: fault('exchange_throttled', 30),
  unavailable: fault('exchange_unavailable', 0),
}
