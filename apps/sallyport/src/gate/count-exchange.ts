import { isDenied } from '../outcome/denial.ts'
import type { Denial } from '../outcome/denial.ts'
import type { Awaitable } from '../store/when-ready.ts'
import type { ExchangeOutcome, ServerTally } from '../telemetry/server-tally.ts'
import type { AuthorizedCall, EquippedCall } from './call.ts'

/** Counts how one go through the inner door ended. */
export function countExchange(
  call: AuthorizedCall,
  tally: ServerTally,
  mint: () => Awaitable<EquippedCall | Denial>,
): Awaitable<EquippedCall | Denial> {
  const count = (outcome: ExchangeOutcome) => tally.countExchange(call.server.outbound.kind, outcome)
  const settled = (outcome: EquippedCall | Denial): EquippedCall | Denial => {
    if (isDenied(outcome)) count('refused')
    else count(call.record.freshCredential ? 'fresh' : 'cached')
    return outcome
  }
  const failed = (fault: unknown): never => {
    count('failed')
    throw fault
  }
  try {
    const outcome = mint()
    return outcome instanceof Promise ? outcome.then(settled, failed) : settled(outcome)
  } catch (fault) {
    return failed(fault)
  }
}
