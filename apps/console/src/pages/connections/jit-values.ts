import { fromLines, toLines } from '../../ui/lines-input.tsx'
import type { JustInTime } from './connection.ts'

/** Fields of every kind's form about who becomes a member at the first call. */
export interface JitValues {
  jit: boolean
  jitRole: JustInTime['role']
  /** `claim`: whoever has a value in a claim. `anybody`: whoever the connection accepts. */
  jitWho: 'claim' | 'anybody'
  jitClaim: string
  jitValues: string
}

export const toJitValues = (jit: JustInTime | undefined): JitValues => ({
  jit: jit !== undefined,
  jitRole: jit?.role ?? 'developer',
  jitWho: jit?.claim === null ? 'anybody' : 'claim',
  jitClaim: jit?.claim ?? '',
  jitValues: toLines(jit?.values),
})

export function toJit({ jit, jitRole, jitWho, jitClaim, jitValues }: JitValues): { jit?: JustInTime } {
  if (!jit) return {}
  return jitWho === 'anybody'
    ? { jit: { role: jitRole, claim: null, values: [] } }
    : { jit: { role: jitRole, claim: jitClaim.trim(), values: fromLines(jitValues) } }
}

export const JIT_FIELDS = { 'jit.role': 'jitRole', 'jit.claim': 'jitClaim', 'jit.values': 'jitValues', jit: 'jit' }

export const validateJit = {
  jitClaim: (claim: string, { jit, jitWho }: JitValues) =>
    jit && jitWho === 'claim' && claim.trim() === '' ? 'Which claim?' : null,
  jitValues: (text: string, { jit, jitWho }: JitValues) =>
    jit && jitWho === 'claim' && fromLines(text).length === 0 ? 'At least one value' : null,
}
