import type { RefusalReason } from '../../teamspaces/refusal.ts'

/** Ends the reading of a file; whoever reads it answers the reason as a refusal. */
export class UnreadableCsv extends Error {
  override readonly name = 'UnreadableCsv'
  readonly reason: RefusalReason

  constructor(says: string, code: 'invalid' | 'too_large' = 'invalid') {
    super(says)
    this.reason = { code, says }
  }
}
