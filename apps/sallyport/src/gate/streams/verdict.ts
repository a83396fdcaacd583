import type { CallEvent } from '../../audit/audit-event.ts'
import type { CallRecord, Proof, RecordedCall } from '../call.ts'

/** Why a stream is not to go on: what the audit trail will say. */
export interface Ending {
  readonly decision: 'denied' | 'fault'
  /** Of the refusal or fault. */
  readonly code: string
  readonly detail: CallEvent['detail']
  /** Of the call as it was judged again: who its caller is now, and at which step it ended. */
  readonly record: CallRecord
}

/** What became of a call that was judged again. While nobody can tell, it is neither allowed nor refused. */
export type Verdict =
  | { readonly is: 'allowed'; readonly endsAt: number }
  | { readonly is: 'refused'; readonly ending: Ending }
  | { readonly is: 'unknown'; readonly ending: Ending }

export interface StreamJudge {
  /** When the credential ends for whoever verifies it, in milliseconds since the epoch. */
  endOf(proof: Proof): number
  /** Whether the call would be let in now. Never rejects. */
  judge(call: RecordedCall): Promise<Verdict>
}
