import { timingSafeEqual } from 'node:crypto'
import { findUser, findUserByName } from '../directory/directory.ts'
import type { Emulation } from '../emulation.ts'
import { EntraError } from '../entra-error.ts'
import type { SignIn } from '../grants.ts'
import type { User } from '../seed.ts'
import type { AuthorizationRequest } from './authorization-request.ts'
import { withSession, type Reply } from './reply.ts'
import { isSilent, type SignedIn, type Submission, type Visit } from './visit.ts'

/** Who is there: by password just given, by session, or by the silent way in. */
export function signIn(emulation: Emulation, visit: Visit): SignedIn | Reply {
  const { request, submission } = visit
  if (submission?.password !== undefined) return signInWithPassword(emulation, request, submission)
  const current = findSession(emulation, visit)
  // After a page of ours the person has just signed in; `prompt` was obeyed before.
  const mustAsk = submission === undefined && ['login', 'select_account'].includes(request.prompt ?? '')
  if (current !== undefined && !mustAsk && suits(request, current.user)) return current
  if (isSilent(request)) return signInHeadless(emulation, request)
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
export function approve(emulation: Emulation, { request, submission }: Visit, signedIn: SignedIn): SignedIn | Reply {
  const lacking = request.wanted.authContexts.filter((context) => !signedIn.signIn.authContexts.includes(context))
  if (lacking.length === 0) return signedIn
  if (submission?.decision === 'approve')
    return startSession(emulation, request, signedIn.user, [...signedIn.signIn.authContexts, ...lacking])
  if (isSilent(request)) throw new EntraError(50076)
  return withSession({ kind: 'page', page: { name: 'approve' } }, signedIn)
}
