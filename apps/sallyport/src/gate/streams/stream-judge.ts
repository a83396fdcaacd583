import { presentable } from '../../audit/presentable.ts'
import type { CallEvent } from '../../audit/audit-event.ts'
import { deny, isDenied } from '../../outcome/denial.ts'
import type { Denial } from '../../outcome/denial.ts'
import { detailOf, toFault } from '../../outcome/fault.ts'
import { advance } from '../call.ts'
import type { AuthorizedCall, CallRecord, ListRules, Proof, RecordedCall } from '../call.ts'
import type { GateDeps } from '../deps.ts'
import { admit } from '../steps/admit.ts'
import { authenticate } from '../steps/authenticate.ts'
import { authorize } from '../steps/authorize.ts'
import { ownerOf } from '../steps/read.ts'
import { route } from '../steps/route.ts'
import { mayHoldList } from '../upstream/list-answer.ts'
import type { Ending, StreamJudge } from './verdict.ts'

export interface StreamJudgeParts {
  readonly gate: Pick<GateDeps, 'routes' | 'teamspaces' | 'door' | 'admission' | 'rules'>
  readonly clockToleranceSeconds: number
  readonly now: () => number
}

/** Judges calls again whose answers are still open, by the steps that let them in. */
export function createStreamJudge({ gate, clockToleranceSeconds, now }: StreamJudgeParts): StreamJudge {
  const endOf = (proof: Proof): number => {
    if (proof.kind === 'gateway' || proof.kind === 'none') return Infinity
    const tolerance = proof.kind === 'token' ? 0 : clockToleranceSeconds // ends by our own clock
    return (proof.expiresAtSeconds + tolerance) * 1000
  }
  return {
    endOf,
    async judge(call) {
      let { record } = call
      try {
        const again = copyOf(call, now())
        record = again.record
        const outcome = await passAgain(again, gate)
        if (isDenied(outcome)) return { is: 'refused', ending: endingOf(record, outcome) }
        const refusal = takeLists(call, outcome)
        if (refusal) return { is: 'refused', ending: endingOf({ ...outcome.record, step: 'authorize' }, refusal) }
        return { is: 'allowed', endsAt: endOf(outcome.proof) }
      } catch (thrown) {
        const fault = toFault(thrown)
        return { is: 'unknown', ending: { record, decision: 'fault', code: fault.code, detail: detailOf(fault) } }
      }
    },
  }
}

/** The call's own row is written, and its trace may go on: what is found out now is told elsewhere. */
const copyOf = (call: RecordedCall, at: number): RecordedCall => ({
  ...call,
  record: { ...call.record, at, detail: undefined, dryRun: undefined, times: undefined, trace: undefined },
})

/**
 * The steps of the gate that say who may call and what, in their order. The others have had their say: what was read was
 * read, an address or a limit is no right, and the inner door was for the request that the server has had.
 */
async function passAgain(call: RecordedCall, gate: StreamJudgeParts['gate']): Promise<AuthorizedCall | Denial> {
  const { body, messages, upstreamSessionId, stateless } = call
  const opener = ownerOf(call)
  const routed = await route(call, gate.routes, gate.teamspaces)
  if (isDenied(routed)) return routed

  const authenticated = await authenticate(routed, gate.door)
  if (isDenied(authenticated)) return authenticated

  const admitted = await admit(authenticated, gate.admission)
  if (isDenied(admitted)) return admitted

  // The same credential may stand for somebody else by now: what this stream says is not for them.
  const owner = ownerOf(admitted)
  if (owner.principalId !== opener.principalId || owner.teamspaceId !== opener.teamspaceId)
    return deny({ code: 'session_unknown', detail: 'the credential of this stream is of another caller now' })

  const read = { body, messages, upstreamSessionId, stateless, isReadmitted: true } as const
  return authorize(advance(admitted, 'readmit', read), gate.rules)
}

const EVERYTHING: ListRules = { isVisible: () => true }

/** From now on lists in this answer are filtered by the rules of now; one that has passed unread cannot begin to be. */
function takeLists(call: RecordedCall, { lists }: AuthorizedCall): Denial | undefined {
  if (call.lists) Object.assign(call, { lists: lists ?? EVERYTHING })
  else if (lists && mayHoldList(call))
    return deny({ code: 'call_forbidden', by: 'policy', detail: 'its lists are to be filtered now: open it again' })
  return undefined
}

function endingOf(record: CallRecord, { denied: { code, ...detail } }: Denial): Ending {
  return { record, decision: 'denied', code, detail: presentable(detail) as CallEvent['detail'] }
}
