import type { IncomingMessage, ServerResponse } from 'node:http'
import { beginCall } from './call.ts'
import type { Call, EquippedCall } from './call.ts'
import { isDenied } from '../outcome/denial.ts'
import type { Denial } from '../outcome/denial.ts'
import type { GateDeps } from './deps.ts'
import { admit, readmit } from './steps/admit.ts'
import { authenticate } from './steps/authenticate.ts'
import { authorize } from './steps/authorize.ts'
import { exchange } from './steps/exchange.ts'
import { forward } from './steps/forward.ts'
import { limit } from './steps/limit.ts'
import { read } from './steps/read.ts'
import { route } from './steps/route.ts'
import { throttle } from './steps/throttle.ts'

/** One call: through both doors and on to the server, or refused. Every outcome is recorded before its head leaves. */
export async function handle(request: IncomingMessage, response: ServerResponse, deps: GateDeps): Promise<void> {
  const call = beginCall(request, response, deps.outcomes.begin(request, response))
  try {
    const outcome = await pass(call, deps)
    if (isDenied(outcome)) return await deps.outcomes.refuse(call, response, outcome)
    const recorded = deps.outcomes.attempt(outcome) // where the audit trail is required, nothing goes on before its row
    forward(recorded instanceof Promise ? await recorded : recorded, response, deps.forward)
  } catch (fault) {
    await deps.outcomes.fail(call, response, fault)
  }
}

/**
 * Every check that stands between the internet and an MCP server, in order. Each step takes the type that the step
 * before returned, so none can be left out or moved.
 */
async function pass(call: Call, deps: GateDeps): Promise<EquippedCall | Denial> {
  const throttled = throttle(call, deps.throttle) // an address that was not refused too often
  if (isDenied(throttled)) return throttled

  const routed = await route(throttled, deps.routes, deps.teamspaces) // which server, which teamspace; Host and Origin
  if (isDenied(routed)) return routed

  const authenticated = await authenticate(routed, deps.door) // the outer door: who is calling
  if (isDenied(authenticated)) return authenticated

  const admitted = await admit(authenticated, deps.admission) // a member of this teamspace
  if (isDenied(admitted)) return admitted

  const readCall = await read(admitted, deps.read) // the message, once, whole and unambiguous; whose session
  if (isDenied(readCall)) return readCall

  const stillAdmitted = await readmit(readCall, deps.admission) // still a member, however long the message took
  if (isDenied(stillAdmitted)) return stillAdmitted

  const authorized = await authorize(stillAdmitted, deps.rules) // may they do this, by scopes, roles and policy
  if (isDenied(authorized)) return authorized

  const limited = await limit(authorized, deps.limits) // not more often than they may
  if (isDenied(limited)) return limited

  return exchange(limited, deps.exchange) // the inner door: a credential minted for the server
}
