import type { Policy } from '../policies/policy.ts'

export const POLICY_TEAMSPACE = 'acme'

/** One rule of each kind. What the findings server lists is known by name here, so it need not be heard of first. */
export const DEMO_POLICY: Policy = {
  default: 'allow members',
  rules: [
    { name: 'attacks are for owners', effect: 'deny', tools: ['list_dast_results'], who: { roles: ['developer'] } },
    {
      name: 'critical findings stay here',
      effect: 'deny',
      tools: ['export_findings'],
      when: '!has(args.severity) || args.severity == "critical"',
    },
    {
      name: 'accepting a risk',
      effect: 'deny',
      tools: ['acknowledge_finding'],
      unless: { scopes: ['findings.write'] },
    },
    { name: 'only owners scan', effect: 'deny', tools: ['rescan'], who: { roles: ['developer'] }, dryRun: true },
  ],
}
