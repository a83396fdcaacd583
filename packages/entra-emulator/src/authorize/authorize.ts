import { randomUUID, timingSafeEqual } from 'node:crypto'
import { findUser, findUserByName } from '../directory/directory.ts'
import type { Emulation } from '../emulation.ts'
import { EntraError } from '../entra-error.ts'
import type { SignIn } from '../grants.ts'
import type { User } from '../seed.ts'
import { checkUsable } from '../sign-in-checks.ts'
import { unconsentedValues } from '../tokens/consent.ts'
import type { AuthorizationRequest } from './authorization-request.ts'
import { replyTo, type Reply } from './reply.ts'

/** What the person did on one of our pages. */
export interface Submission {
  readonly userName?: string | undefined
  readonly password?: string | undefined
  readonly decision?: string | undefined
}

export interface Visit {
  readonly request: AuthorizationRequest
  readonly sessionHandle: string | undefined
  /** Present when one of our forms was posted. */
  readonly submission?: Submission
}

interface SignedIn {
  readonly user: User
  readonly signIn: SignIn
  /** Set when the session is new or changed, for the cookie. */
  readonly sessionHandle?: string
}

/** From a valid request to a code, or to the page that has to come first. */
export function authorize(emulation: Emulation, visit: Visit): Reply {
  const { request, submission } = visit
  if (submission?.decision === 'cancel') throw new EntraError(65004)
  const signedIn = signIn(emulation, visit)
  if ('kind' in signedIn) return signedIn

  const { user } = signedIn
  checkUsable(request.tenant, request.client, user)
  const stepUp = approve(emulation, visit, signedIn)
  if ('kind' in stepUp) return stepUp

  const consentPage = askConsent(visit, user)
  if (consentPage !== undefined) return withSession(consentPage, stepUp)
  return withSession(issueCode(emulation, request, stepUp), stepUp)
}

const withSession = (reply: Reply, { sessionHandle }: SignedIn): Reply =>
  sessionHandle === undefined ? reply : { ...reply, sessionHandle }

const silent = (request: AuthorizationRequest): boolean => request.prompt === 'none'

function signIn(emulation: Emulation, visit: Visit): SignedIn | Reply {
  const { request, submission } = visit
  if (submission?.password !== undefined) return signInWithPassword(emulation, request, submission)
  const current = findSession(emulation, visit)
  // After a page of ours the person has just signed in; `prompt` was obeyed before.
  const mustAsk = submission === undefined && ['login', 'select_account'].includes(request.prompt ?? '')
  if (current !== undefined && !mustAsk && suits(request, current.user)) return current
  if (silent(request)) return signInHeadless(emulation, request)
  return { kind: 'page', page: { name: 'sign-in', userName: request.loginHint ?? '' } }
}

const suits = ({ tenant, loginHint }: AuthorizationRequest, user: User): boolean =>
  loginHint === undefined || findUserByName(tenant, loginHint) === user

function findSession({ grants }: Emulation, { request, sessionHandle }: Visit): SignedIn | undefined {
  const session = sessionHandle === undefined ? undefined : grants.sessions.get(sessionHandle)
  if (session?.tenantId !== request.tenant.id || grants.isRevoked(session)) return undefined
  const user = findUser(request.tenant, session.userId)
  return user && { user, signIn: session }
}

/** Not Entra's: with `login_hint`, a silent request signs in without page or password, for tests and scripts. */
function signInHeadless({ now }: Emulation, { tenant, loginHint, wanted }: AuthorizationRequest): SignedIn {
  if (loginHint === undefined) throw new EntraError(50058)
  const user = findUserByName(tenant, loginHint)
  if (user === undefined) throw new EntraError(50034, { error: 'login_required', detail: `User '${loginHint}'.` })
  const { authContexts } = wanted
  return { user, signIn: { userId: user.id, authTimeMs: now(), authContexts, clientCapabilities: [] } }
}

function signInWithPassword(
  emulation: Emulation,
  request: AuthorizationRequest,
  submission: Submission,
): SignedIn | Reply {
  const { tenant } = request
  const userName = submission.userName?.trim() ?? ''
  const user = findUserByName(tenant, userName)
  const problem = findProblem(user, submission.password ?? '')
  if (user === undefined || problem !== undefined)
    return { kind: 'page', page: { name: 'sign-in', userName, problem: new EntraError(problem ?? 50034).message } }
  return startSession(emulation, request, user, [])
}

function findProblem(user: User | undefined, password: string): 50034 | 50057 | 50126 | undefined {
  if (user === undefined) return 50034
  if (!isPassword(user, password)) return 50126
  return user.accountEnabled ? undefined : 50057
}

function isPassword(user: User, password: string): boolean {
  const [known, given] = [Buffer.from(user.password), Buffer.from(password)]
  return known.length === given.length && timingSafeEqual(known, given)
}

function startSession(
  emulation: Emulation,
  { tenant }: AuthorizationRequest,
  user: User,
  authContexts: readonly string[],
) {
  const signIn: SignIn = { userId: user.id, authTimeMs: emulation.now(), authContexts, clientCapabilities: [] }
  return { user, signIn, sessionHandle: emulation.grants.addSession({ ...signIn, tenantId: tenant.id }) }
}

/** A claims challenge is met by one more click, which stands for the second factor. */
function approve(emulation: Emulation, { request, submission }: Visit, signedIn: SignedIn): SignedIn | Reply {
  const lacking = request.wanted.authContexts.filter((context) => !signedIn.signIn.authContexts.includes(context))
  if (lacking.length === 0) return signedIn
  if (submission?.decision === 'approve')
    return startSession(emulation, request, signedIn.user, [...signedIn.signIn.authContexts, ...lacking])
  if (silent(request)) throw new EntraError(50076)
  return withSession({ kind: 'page', page: { name: 'approve' } }, signedIn)
}

/** Shows the consent page, or records the answer of one. */
function askConsent({ request, submission }: Visit, user: User): Reply | undefined {
  const { client, requested, prompt } = request
  const accepted = submission?.decision === 'accept'
  const lacking = requested.resources
    .map((asked) => ({ asked, values: unconsentedValues(client, user, asked) }))
    .filter(({ values }) => values.length > 0)
  if (lacking.length === 0 && (prompt !== 'consent' || accepted)) return undefined
  if (silent(request)) throw new EntraError(65001, { error: 'interaction_required' })
  for (const { asked, values } of lacking)
    if (asked.resource.scopes.some((scope) => values.includes(scope.value) && scope.type === 'Admin'))
      throw new EntraError(90094, { detail: `Scopes: '${values.join(' ')}'.` })
  if (!accepted) return { kind: 'page', page: { name: 'consent', scopes: consentLines(request) } }
  for (const { asked, values } of lacking)
    asked.resource.consents.push({ clientAppId: client.appId, scope: values.join(' '), userId: user.id })
  return undefined
}

const consentLines = ({ requested }: AuthorizationRequest): string[] => [
  ...requested.resources.flatMap(({ resource, values, isDefault }) =>
    (isDefault ? ['its registered permissions'] : values).map((value) => `${resource.displayName}: ${value}`),
  ),
  ...(requested.oidc.length > 0 ? ['View your basic profile'] : []),
  ...(requested.oidc.includes('offline_access') ? ['Maintain access to data you have given it access to'] : []),
]

function issueCode({ grants }: Emulation, request: AuthorizationRequest, { user, signIn }: SignedIn): Reply {
  const { tenant, client, platform, redirectUri, scope, challenge, nonce, wanted } = request
  const code = grants.addCode({
    userId: user.id,
    authTimeMs: signIn.authTimeMs,
    // Only what this client asked for goes into its tokens.
    authContexts: signIn.authContexts.filter((context) => wanted.authContexts.includes(context)),
    clientCapabilities: wanted.clientCapabilities,
    ...{ tenantId: tenant.id, clientId: client.appId, platform, redirectUri, scope },
    ...(challenge !== undefined && { challenge }),
    ...(nonce !== undefined && { nonce }),
  })
  return replyTo(request, { code, session_state: randomUUID() })
}
