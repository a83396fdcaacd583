import { useState } from 'react'
import { asPolicy, isSame } from './policy.ts'
import type { Policy } from './policy.ts'
import type { SavedPolicy } from './policy-queries.ts'

/** A policy on its way from what is in force to what will be. */
export interface PolicyDraft {
  /** What the changes were made to. */
  readonly base: SavedPolicy
  readonly document: unknown
  /** Undefined while the document is none that the form could show. */
  readonly policy: Policy | undefined
  readonly isChanged: boolean
  readonly change: (document: unknown) => void
  /** Back to what is in force. */
  readonly discard: () => void
  /** Keeps the changes, but over what somebody else saved meanwhile. */
  readonly rebase: (base: SavedPolicy) => void
  /** Starts anew from this. */
  readonly adopt: (saved: SavedPolicy) => void
}

interface State {
  readonly base: SavedPolicy
  readonly document: unknown
}

export function usePolicyDraft(saved: SavedPolicy): PolicyDraft {
  const [state, setState] = useState<State>({ base: saved, document: saved.document })
  const isChanged = !isSame(state.document, state.base.document)
  const adopt = (base: SavedPolicy) => setState({ base, document: base.document })
  // What others save shows at once, unless it would take away what is being written here.
  if (!isChanged && saved.version > state.base.version) adopt(saved)
  return {
    ...state,
    policy: asPolicy(state.document),
    isChanged,
    change: (document) => setState(({ base }) => ({ base, document })),
    discard: () => setState(({ base }) => ({ base, document: base.document })),
    rebase: (base) => setState(({ document }) => ({ base, document })),
    adopt,
  }
}
