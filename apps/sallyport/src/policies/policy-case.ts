import { z } from 'zod'
import { toGuid } from '../connections/guid.ts'
import { ROLES } from '../members/member.ts'
import { METHODS_ON } from '../tools/methods.ts'
import { kindOf } from './action-kind.ts'
import type { Action, Subject } from './decision.ts'
import { isShallow } from './is-shallow.ts'
import { spellMember } from './policy-names.ts'
import { TOOL_CLASSES } from '../tools/tool-class.ts'

export const MAX_CASES = 1_000
export const MAX_CASES_BYTES = 1024 * 1024
/** No call that the gate takes is deeper. */
const MAX_ARGS_DEPTH = 128

export const OUTCOMES = ['allowed', 'denied', 'hidden', 'needs-scopes'] as const
export type Outcome = (typeof OUTCOMES)[number]

const word = z.string().max(1_024)
const words = z.array(word).max(1_000)

const caller = z.strictObject({
  role: z.enum(ROLES).default('developer'),
  /** Of whoever holds the token, where that is another role. */
  holder_role: z.enum(ROLES).optional(),
  groups: z.union([words, z.literal('unknown')]).default([]),
  /** An id or an e-mail. */
  member: word.optional(),
  /** An id or a name; the caller then came with this MCP token. */
  token: word.optional(),
  scopes: words.default([]),
  app_roles: words.default([]),
  issuer: word.optional(),
  client_id: word.optional(),
  /** People can sign in again for more scopes, MCP tokens cannot. */
  can_step_up: z.boolean().optional(),
})

/** One question to a policy, and perhaps what its author expects of the answer. */
export const policyCaseSchema = z
  .strictObject({
    name: word.optional(),
    caller: caller.prefault({}),
    server: word,
    method: z.string().max(256).optional(),
    tool: z.string().optional(),
    prompt: z.string().optional(),
    resource: z.string().optional(),
    class: z.enum(TOOL_CLASSES).optional(),
    args: z
      .record(z.string(), z.unknown())
      .refine((args) => isShallow(args, MAX_ARGS_DEPTH), { error: `must be nested no deeper than ${MAX_ARGS_DEPTH}` })
      .default({}),
    at: z.iso.datetime({ offset: true, error: 'must be a time as in RFC 3339' }).optional(),
    address: word.default(''),
    expect: z.enum(OUTCOMES).optional(),
    /** The rule that must have decided, or `default`. */
    rule: word.optional(),
  })
  .superRefine((asked, context) => {
    const problem = problemOf(asked)
    if (problem) context.addIssue({ code: 'custom', ...problem })
  })

export type PolicyCase = z.output<typeof policyCaseSchema>

type Targeted = keyof typeof METHODS_ON
const TARGETED = Object.keys(METHODS_ON) as Targeted[]

interface Asked extends Readonly<Partial<Record<Targeted, string | undefined>>> {
  readonly method?: string | undefined
}

function problemOf(asked: Asked): { path: string[]; message: string } | undefined {
  const [named, ...others] = TARGETED.filter((kind) => asked[kind] !== undefined)
  if (others.length > 0) return { path: [others[0]!], message: `cannot be given beside ${named}` }
  if (!named && asked.method === undefined)
    return { path: [], message: 'needs a tool, a prompt, a resource or a method' }
  const { method } = asked
  if (method === undefined) return undefined
  const methods: readonly string[] = named ? METHODS_ON[named] : Object.values(METHODS_ON).flat()
  if (methods.includes(method) === (named !== undefined)) return undefined
  return { path: ['method'], message: named ? `is not about a ${named}` : 'is about something: say what' }
}

export function toSubject({ caller }: PolicyCase): Subject {
  const { member, token } = caller
  return {
    kind: token === undefined ? 'member' : 'mcp_token',
    memberId: member === undefined ? undefined : spellMember(member),
    tokenId: token,
    role: caller.role,
    holderRole: caller.holder_role,
    scopes: new Set(caller.scopes),
    appRoles: caller.app_roles,
    groups: caller.groups === 'unknown' ? 'unknown' : new Set(caller.groups.map((group) => toGuid(group) ?? group)),
    issuer: caller.issuer,
    clientId: caller.client_id,
    canStepUp: caller.can_step_up ?? token === undefined,
  }
}

/** `now` stands in where the case says no time. */
export function toAction(asked: PolicyCase, now: number): Action {
  const named = TARGETED.find((kind) => asked[kind] !== undefined)
  const method = asked.method ?? METHODS_ON[named!][0]
  return {
    server: asked.server,
    kind: named ?? kindOf(method),
    method,
    target: named && asked[named],
    toolClass: asked.class,
    args: asked.args,
    bytes: Buffer.byteLength(JSON.stringify(asked.args)),
    request: { address: asked.address, at: asked.at === undefined ? now : Date.parse(asked.at) },
  }
}
