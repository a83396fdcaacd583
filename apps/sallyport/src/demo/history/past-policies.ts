import type { Policy } from '../../policies/policy.ts'
import { DEMO_POLICY } from '../demo-policy.ts'

const [attacks, critical, risk] = DEMO_POLICY.rules as [Policy['rules'][number], ...Policy['rules']] &
  Policy['rules'][number][]

/** How the demo's policy came to be what it is: a rule at a time, the careful way. */
export const PAST_POLICIES: readonly { readonly daysAgo: number; readonly by: string; readonly policy: Policy }[] = [
  { daysAgo: 17.3, by: 'ada@acme.example', policy: { default: 'allow members', rules: [attacks] } },
  {
    daysAgo: 12.2,
    by: 'lena@acme.example',
    policy: { default: 'allow members', rules: [attacks, { ...critical!, dryRun: true }] },
  },
  { daysAgo: 10.1, by: 'lena@acme.example', policy: { default: 'allow members', rules: [attacks, critical!, risk!] } },
  { daysAgo: 4.4, by: 'ada@acme.example', policy: DEMO_POLICY },
]
