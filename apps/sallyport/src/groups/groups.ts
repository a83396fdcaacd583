import type { VerifiedToken } from '@sallyport/verifier'
import { ofKind } from '../connections/connection-lookup.ts'
import type { ConnectionLookup } from '../connections/connection-lookup.ts'
import type { ConnectionRecord, EntraConnectionRecord } from '../connections/connection.ts'
import { storeDown } from '../outcome/fault.ts'
import { whenReady } from '../store/when-ready.ts'
import type { Awaitable } from '../store/when-ready.ts'
import type { McpTokenLookup, UsableMcpToken } from '../tokens/mcp-token-lookup.ts'
import { groupsInClaim, groupsInEntraToken, toGroups } from './claimed-groups.ts'
import { createGraphGroups } from './graph-groups.ts'
import type { GraphGroupsOptions } from './graph-groups.ts'
import type { GroupAnswer } from './group-answer.ts'

/** Which groups a caller is in, for whoever decides by groups. */
export interface Groups {
  /**
   * The ids of the caller's groups, compared exactly, or `unknown` where nobody vouches for them: never an empty set for that.
   * Throws `groups_unavailable` where Microsoft Graph should know but cannot be asked (M-23).
   */
  groupsOf(proof: VerifiedToken): Awaitable<GroupAnswer>
  /** Drops what a teamspace's connection was told, or all. */
  forget(teamspaceId?: string): void
}

export interface GroupsOptions extends GraphGroupsOptions {
  readonly connections: Pick<ConnectionLookup, 'listOfTeamspace'>
  readonly mcpTokens: Pick<McpTokenLookup, 'findUsable'>
}

export function createGroups({ connections, mcpTokens, ...options }: GroupsOptions): Groups {
  const graph = createGraphGroups(options)
  /** A verified token is one object while it is remembered, so what it says is read once. */
  const read = new WeakMap<VerifiedToken, GroupAnswer>()

  function once<Token extends VerifiedToken>(proof: Token, readIn: (proof: Token) => GroupAnswer): GroupAnswer {
    const known = read.get(proof)
    if (known !== undefined) return known
    const answer = readIn(proof)
    read.set(proof, answer)
    return answer
  }

  function ofEntra(proof: VerifiedToken<'entra'>, records: readonly ConnectionRecord[]): Awaitable<GroupAnswer> {
    const connection = ofKind(records, 'entra')
    if (!connection || !isOf(proof, connection)) return 'unknown'
    const { groups: source = 'token-then-graph' } = connection
    const claimed = source === 'graph' ? 'unknown' : once(proof, groupsInEntraToken)
    if (claimed !== 'unknown' || source === 'token') return claimed
    return graph.groupsOf(connection, proof.appOnly ? 'servicePrincipals' : 'users', proof.subject)
  }

  function ofOidc(proof: VerifiedToken<'oidc'>, records: readonly ConnectionRecord[]): GroupAnswer {
    const connection = ofKind(records, 'oidc')
    if (connection?.issuer !== proof.issuer) return 'unknown'
    return once(proof, (token) => groupsInClaim(token, connection.groupsClaim ?? 'groups'))
  }

  function withRecords(
    { teamspaceId }: VerifiedToken,
    next: (records: readonly ConnectionRecord[]) => Awaitable<GroupAnswer>,
  ): Awaitable<GroupAnswer> {
    const found = connections.listOfTeamspace(teamspaceId)
    return found instanceof Promise ? found.catch(noConnections).then(next) : next(found)
  }

  return {
    groupsOf(proof) {
      switch (proof.kind) {
        case 'entra':
          return withRecords(proof, (records) => ofEntra(proof, records))
        case 'oidc':
          return withRecords(proof, (records) => ofOidc(proof, records))
        case 'kubernetes':
          return once(proof, ({ groups }) => toGroups(groups))
        case 'token': {
          const found = mcpTokens.findUsable(proof.tokenId)
          return whenReady(found instanceof Promise ? found.catch(noToken) : found, groupsOfHolder)
        }
      }
    },
    forget: graph.forget,
  }
}

const noConnections = storeDown('the connections could not be looked up')
const noToken = storeDown('the MCP token could not be looked up')

/** The connection that vouched for the token, unless it has been changed to vouch for others. */
const isOf = (proof: VerifiedToken<'entra'>, { cloud, tenantId, audience }: EntraConnectionRecord): boolean =>
  proof.cloud === cloud && proof.tenantId === tenantId && proof.audience === audience

const NO_GROUPS: ReadonlySet<string> = new Set()

/** A token of the teamspace's own is in no group; of a member's, nobody says now which groups the member is in. */
const groupsOfHolder = (token: UsableMcpToken | undefined): GroupAnswer =>
  token && token.memberId === undefined ? NO_GROUPS : 'unknown'
