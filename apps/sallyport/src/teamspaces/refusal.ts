/** Why a change to what teamspaces own was not made. `says` is one plain line and never names another teamspace. */
export interface RefusalReason {
  readonly code:
    'invalid' | 'forbidden' | 'not_found' | 'conflict' | 'precondition_failed' | 'precondition_required' | 'too_large'
  /** The member of the input that is at fault, as a dotted path. */
  readonly field?: string
  readonly says: string
  /** Where several members are at fault, each with its path. */
  readonly errors?: readonly { readonly path: string; readonly says: string }[]
}

/** A refusal, as a value; nothing was changed. A fault (database down) is thrown instead. */
export interface Refusal {
  readonly refused: RefusalReason
}

export const refuse = (refused: RefusalReason): Refusal => ({ refused })

export const isRefused = <Outcome extends object>(outcome: Outcome | Refusal): outcome is Refusal =>
  'refused' in outcome
