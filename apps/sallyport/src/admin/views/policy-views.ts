import { z } from 'zod'
import { OUTCOMES } from '../../policies/policy-case.ts'
import type { PolicyView } from '../../policies/policy-view.ts'
import type { CaseResult } from '../../policies/try-policy.ts'
import { viewOf } from './view-of.ts'

export const policyView = viewOf<PolicyView>()(
  z.strictObject({
    policy: z.unknown().describe('As it was saved'),
    version: z.int().describe('0 when none was ever saved'),
    updated_at: z.string().meta({ format: 'date-time' }).nullable(),
    updated_by: z.string().nullable(),
    warnings: z.array(z.string()).exactOptional(),
  }),
).meta({ id: 'Policy' })

const caseResult = viewOf<CaseResult>()(
  z.strictObject({
    result: z.enum(OUTCOMES),
    by: z.string().describe('The rule that decided, or `default`'),
    scopes: z.array(z.string()).exactOptional(),
    problem: z.string().exactOptional(),
    dry_run: z.string().exactOptional(),
    passed: z.boolean().exactOptional(),
  }),
).meta({ id: 'PolicyCaseResult' })

export const caseResults = z.strictObject({ results: z.array(caseResult) })
