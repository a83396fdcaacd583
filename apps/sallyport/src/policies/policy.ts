import { z } from 'zod'
import { ROLES } from '../members/member.ts'
import { TOOL_CLASSES } from '../tools/tool-class.ts'

const MAX_RULES = 500
export const MAX_POLICY_BYTES = 256 * 1024
const MAX_CONDITION_LENGTH = 2_000

const pattern = z.string().min(1).max(512)
const patterns = z.array(pattern).min(1).max(200)
const scopeToken = z
  .string()
  .regex(/^[\x21\x23-\x5b\x5d-\x7e]{1,256}$/, { error: 'must be one word of printable ASCII' })
const scopes = z.array(scopeToken).min(1).max(50)

const who = z
  .strictObject({
    roles: z.array(z.enum(ROLES)).min(1).optional().describe('One of these member roles.'),
    groups: z.array(z.string().min(1).max(256)).min(1).max(200).optional().describe('One of these groups, by id.'),
    members: z.array(z.string().min(1).max(256)).min(1).max(500).optional().describe('One of these members, by id.'),
    tokens: z
      .array(z.string().min(1).max(100))
      .min(1)
      .max(200)
      .optional()
      .describe('One of these MCP tokens, by id; * for any of them.'),
    scopes: scopes.optional().describe('All of these scopes.'),
  })
  .refine((stated) => Object.keys(stated).length > 0, { error: 'must name somebody' })

const rule = z
  .strictObject({
    name: z
      .string()
      .regex(/^[A-Za-z0-9][A-Za-z0-9 ._-]{0,79}$/, {
        error: 'must be 1 to 80 letters, digits, spaces, dots and dashes',
      })
      .describe('Names the rule in decisions; unique in the policy.'),
    effect: z.enum(['allow', 'deny']).describe('deny wins over allow.'),
    servers: patterns.optional().describe('Names of servers; * matches any run of characters.'),
    methods: patterns.optional().describe('JSON-RPC methods, such as tools/call or resources/*.'),
    tools: patterns.optional().describe('Tools that are called. The rule then concerns nothing else.'),
    prompts: patterns.optional().describe('Prompts that are fetched.'),
    resources: patterns.optional().describe('Resources that are read or subscribed to, by URI.'),
    classes: z.array(z.enum(TOOL_CLASSES)).min(1).optional().describe('Tools of these classes.'),
    who: who.optional().describe('Callers whom the rule concerns; each member given must hold.'),
    when: z.string().min(1).max(MAX_CONDITION_LENGTH).optional().describe('A condition in CEL.'),
    unless: z
      .strictObject({ scopes })
      .optional()
      .describe('deny only: whoever has all these scopes is not concerned; others are asked for them.'),
    dryRun: z.boolean().optional().describe('Recorded in the audit trail, not enforced.'),
  })
  .refine(({ effect, unless }) => unless === undefined || effect === 'deny', {
    error: 'is for deny rules',
    path: ['unless'],
  })
  .refine(({ classes, prompts, resources }) => classes === undefined || (!prompts && !resources), {
    error: 'is for rules about tools',
    path: ['classes'],
  })

/** What a teamspace decides about its callers. Checked when it is saved: see `checkPolicy` for its conditions. */
export const policySchema = z.strictObject({
  default: z
    .enum(['allow members', 'deny'])
    .describe('What holds where no rule does: every member may call what their server offers, or nobody.'),
  askForAllScopes: z
    .boolean()
    .optional()
    .describe('Ask for all scopes of the policy at sign-in, for clients that do not come back for more.'),
  rules: z
    .array(rule)
    .max(MAX_RULES)
    .superRefine((rules, context) => {
      const names = new Set<string>()
      rules.forEach(({ name }, index) => {
        if (names.has(name)) context.addIssue({ code: 'custom', message: 'is given twice', path: [index, 'name'] })
        names.add(name)
      })
    })
    .describe('In any order.'),
})

export type Policy = z.output<typeof policySchema>
export type PolicyRule = Policy['rules'][number]

/** What holds in a teamspace that has said nothing. */
export const DEFAULT_POLICY: Policy = { default: 'allow members', rules: [] }
