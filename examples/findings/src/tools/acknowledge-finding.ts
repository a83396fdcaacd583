import { z } from 'zod'
import { FINDING, FINDING_ID } from '../store/finding.ts'
import { Refusal, tool } from './tool.ts'

export const acknowledgeFinding = tool({
  name: 'acknowledge_finding',
  title: 'Acknowledge a finding',
  description: 'Marks a finding as accepted by you, with an optional note. Overwrites an earlier acknowledgement.',
  input: z.object({ id: FINDING_ID, note: z.string().max(1000).optional().describe('Why it is accepted') }),
  output: FINDING,
  // Destructive, because what stood there before is lost.
  annotations: { readOnlyHint: false, destructiveHint: true, idempotentHint: true, openWorldHint: false },
  run({ id, note }, { principal, inventory, now }) {
    const at = new Date(now()).toISOString()
    const finding = inventory.findings.acknowledge(id, { by: principal.subject, at, note: note ?? null })
    if (!finding) throw new Refusal(`There is no finding ${id} that is not fixed yet.`)
    return { ...finding }
  },
})
