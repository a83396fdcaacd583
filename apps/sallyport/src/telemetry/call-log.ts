import type { EndedCall } from './ended-call.ts'
import { CALL_MESSAGE } from './log.ts'
import type { Log } from './log.ts'
import { toLoggedTarget } from './logged-target.ts'
import type { StepTimes } from './step-times.ts'

export type LogCalls = 'all' | 'refused' | 'none'

/** One line a call: ids, names of the configuration and what was decided; no e-mail, no subject, no header. */
export function createCallLog(log: Log, which: LogCalls): (call: EndedCall, durationMs: number) => void {
  if (which === 'none') return () => undefined
  return (call, durationMs) => {
    const refused = call.decision !== 'allowed'
    if (which === 'refused' && !refused) return
    log(CALL_MESSAGE, {
      requestId: call.requestId,
      traceId: call.traceId,
      server: call.server,
      method: call.rpcMethod,
      target: toLoggedTarget(call.rpcMethod, call.target),
      decision: call.decision,
      rule: call.rule,
      step: refused ? call.step : undefined,
      status: call.status,
      upstreamStatus: call.upstreamStatus,
      durationMs: round(durationMs),
      teamspaceId: call.teamspaceId,
      principal: call.principal,
      memberId: call.memberId,
      tokenId: call.principal === 'mcp_token' ? call.subject : undefined,
      stepMs: call.times && toStepMs(call.times),
    })
  }
}

const round = (ms: number): number => Math.round(ms * 1000) / 1000

const toStepMs = (times: StepTimes) => times.list().map(({ step, from, to }) => [step, round(to - from)])
