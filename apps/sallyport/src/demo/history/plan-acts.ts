import type { EntraClouds } from '@sallyport/verifier'
import { entraSettings } from '../../connections/entra-settings.ts'
import { setConnection } from '../../connections/set-connection.ts'
import { addMember } from '../../members/add-member.ts'
import { entraIssuerKey } from '../../members/member.ts'
import type { IdentitySource, Role } from '../../members/member.ts'
import { setPolicy } from '../../policies/set-policy.ts'
import type { Store } from '../../store/store.ts'
import { createTeamspace } from '../../teamspaces/create-teamspace.ts'
import type { Editor } from '../../teamspaces/edit-teamspace.ts'
import { isRefused } from '../../teamspaces/refusal.ts'
import type { Refusal } from '../../teamspaces/refusal.ts'
import { mintToken } from '../../tokens/mint-token.ts'
import { mcpTokenRotation, newMcpToken } from '../../tokens/new-mcp-token.ts'
import { revokeToken } from '../../tokens/revoke-token.ts'
import { rotateToken } from '../../tokens/rotate-token.ts'
import { DEFAULT_TOKEN_LIMITS } from '../../tokens/token-limits.ts'
import type { DemoTenant } from '../demo-directory.ts'
import { POLICY_TEAMSPACE } from '../demo-policy.ts'
import { entraConnectionOf } from '../seed-teamspaces.ts'
import { PAST_PEOPLE, PAST_TOKENS } from './cast.ts'
import type { PastToken } from './cast.ts'
import type { Caller } from './past-call.ts'
import { PAST_POLICIES } from './past-policies.ts'
import { DAY_MS, HOUR_MS } from './rhythm.ts'
import type { PastMember, TokenUse } from './traffic.ts'

/** The past while it is played: who is there, and what they hold so far. */
export interface Stage {
  readonly store: Store
  readonly clouds: EntraClouds
  readonly tenants: readonly DemoTenant[]
  readonly now: number
  readonly members: PastMember[]
  readonly tokens: TokenUse[]
  readonly strangers: Caller[]
}

export interface Act {
  readonly at: number
  readonly run: () => Promise<unknown>
}

const FOUNDED_DAYS_AGO = 20.9
/** Who made members of people, where it was nobody in person. */
const MAKERS: Partial<Record<IdentitySource, string>> = { group_sync: 'group sync', jit: 'just in time' }
const OPERATOR = { actor: { kind: 'operator' }, limits: DEFAULT_TOKEN_LIMITS } as const

/** What people changed, in its order. */
export function planActs(stage: Stage): Act[] {
  const acts = stage.tenants.flatMap((tenant) => [...found(stage, tenant), ...joinLater(stage, tenant)])
  const all = [...acts, ...PAST_TOKENS.flatMap((token) => actsOfToken(stage, token)), ...changePolicies(stage)]
  return all.sort((a, b) => a.at - b.at)
}

const ago = ({ now }: Stage, days: number): number => now - days * DAY_MS

const editorAt = ({ store }: Stage, at: number, actor: string): Editor => ({ store, actor, now: () => at })

/** The teamspace, its way to sign in, and the first three of its people. */
function found(stage: Stage, tenant: DemoTenant): Act[] {
  const { slug, name, members, strangers } = tenant
  const at = ago(stage, FOUNDED_DAYS_AGO)
  const editor = editorAt(stage, at, 'operator')
  const create = async () => {
    done(await createTeamspace(editor, { slug, name }))
    const settings = entraSettings.parse(entraConnectionOf(tenant))
    done(await setConnection(editor, slug, settings, { clouds: stage.clouds }))
    for (const [index, { name: displayName, email, oid }] of members.entries())
      await join(stage, tenant, {
        editor,
        displayName,
        email,
        objectId: oid,
        role: index === 0 ? 'owner' : 'developer',
        source: 'manual',
      })
    const teamspaceId = stage.members.at(-1)!.teamspaceId!
    const { oid: subject } = strangers[0]!
    stage.strangers.push({
      teamspaceId,
      issuer: entraIssuerKey('emulator', tenant.tenantId),
      subject,
      address: '203.0.113.77',
    })
  }
  return [{ at, run: create }]
}

function joinLater(stage: Stage, tenant: DemoTenant): Act[] {
  return (PAST_PEOPLE[tenant.slug] ?? []).map(({ joined, ...person }) => {
    const at = ago(stage, joined)
    const editor = editorAt(stage, at, MAKERS[person.source] ?? tenant.members[0]!.email)
    return { at, run: () => join(stage, tenant, { editor, ...person }) }
  })
}

interface Joining {
  readonly editor: Editor
  readonly displayName: string
  readonly email: string
  readonly objectId: string
  readonly role: Role
  readonly source: IdentitySource
}

async function join(stage: Stage, tenant: DemoTenant, { editor, source, ...person }: Joining): Promise<void> {
  const { member } = done(await addMember(editor, tenant.slug, person, source))
  const { id: memberId, teamspaceId, email, issuer, subject, role } = member
  const clientId = tenant.gatewayClientId
  const address = `198.51.100.${20 + stage.members.length}`
  const caller = { memberId, teamspaceId, email, issuer, subject, clientId, address, principal: 'member' }
  stage.members.push({ ...caller, slug: tenant.slug, role, since: editor.now() })
}

function actsOfToken(stage: Stage, token: PastToken): Act[] {
  const { slug, name, scopes, expiresInDays, minted, rotated, revoked } = token
  const by = stage.tenants.find((tenant) => tenant.slug === slug)!.members[0]!.email
  const end = rotated ?? revoked
  const endsAt = end === undefined ? Infinity : ago(stage, end)
  const use = (id: string, teamspaceId: string, since: number, until: number) =>
    stage.tokens.push({
      token,
      id,
      teamspaceId,
      since,
      until,
      lingersUntil: until + (revoked === undefined ? 0 : 36 * HOUR_MS),
      address: `203.0.113.${10 + PAST_TOKENS.indexOf(token)}`,
    })
  let id = ''
  const mint = async () => {
    const input = newMcpToken.parse({
      name,
      tool_scopes: scopes ?? null,
      ...(expiresInDays !== undefined && { expires_in_seconds: expiresInDays * (DAY_MS / 1000) }),
    })
    const editor = editorAt(stage, ago(stage, minted), by)
    const { mcpToken } = done(await mintToken(editor, slug, input, OPERATOR))
    id = mcpToken.id
    use(id, mcpToken.teamspaceId, ago(stage, minted), endsAt)
  }
  const rotate = async () => {
    const input = { ...mcpTokenRotation.parse({ grace_seconds: 3_600 }), id }
    const { mcpToken } = done(await rotateToken(editorAt(stage, endsAt, by), slug, input, OPERATOR))
    use(mcpToken.id, mcpToken.teamspaceId, endsAt, Infinity)
  }
  const revoke = async () => void done(await revokeToken(editorAt(stage, endsAt, by), slug, id, OPERATOR))
  return [
    { at: ago(stage, minted), run: mint },
    ...(end === undefined ? [] : [{ at: endsAt, run: rotated === undefined ? revoke : rotate }]),
  ]
}

const changePolicies = (stage: Stage): Act[] =>
  PAST_POLICIES.map(({ daysAgo, by, policy }) => {
    const at = ago(stage, daysAgo)
    return { at, run: async () => done(await setPolicy(editorAt(stage, at, by), POLICY_TEAMSPACE, policy, 'any')) }
  })

/** Whether a rule was in force at this time, tried out, or not there yet. */
export function ruleAt(stage: Stage, rule: string, at: number): 'enforced' | 'tried' | undefined {
  const { policy } = PAST_POLICIES.findLast(({ daysAgo }) => ago(stage, daysAgo) <= at) ?? {}
  const found = policy?.rules.find(({ name }) => name === rule)
  return found && (found.dryRun === true ? 'tried' : 'enforced')
}

function done<Result extends object>(result: Result | Refusal): Result {
  if (isRefused(result)) throw new Error(`the past of the demo cannot be: ${result.refused.says}`)
  return result
}
