import { randomUUID } from 'node:crypto'
import type { Emulation } from '../emulation.ts'
import { EntraError } from '../entra-error.ts'
import { checkUsable } from '../sign-in-checks.ts'
import { askConsent } from './ask-consent.ts'
import type { AuthorizationRequest } from './authorization-request.ts'
import { replyTo, withSession, type Reply } from './reply.ts'
import { approve, signIn } from './sign-in.ts'
import type { SignedIn, Visit } from './visit.ts'

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
