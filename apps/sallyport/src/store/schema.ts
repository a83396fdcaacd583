import type { AuditChainTable, AuditTable, AuditUnchainedTable } from '../audit/audit.table.ts'
import type { ConnectionAudienceTable, ConnectionTable, ConnectionTestTable } from '../connections/connection.table.ts'
import type { ConsoleAccountTable, ConsoleLinkTable, ConsoleSessionTable } from '../console-sign-in/console.table.ts'
import type { SigningKeyTable } from '../exchange/signing-key.table.ts'
import type { RateLimitTable } from '../limits/rate-limit.table.ts'
import type {
  IdentitySourceTable,
  IdentityTable,
  MemberTable,
  RemovedIdentityTable,
  UserTable,
} from '../members/member.table.ts'
import type { PolicyTable } from '../policies/policy.table.ts'
import type {
  GroupSyncHeldTable,
  GroupSyncRunTable,
  GroupSyncTable,
} from '../provisioning/group-sync/group-sync.table.ts'
import type {
  ScimGroupMemberTable,
  ScimGroupTable,
  ScimTokenTable,
  ScimUserTable,
} from '../provisioning/scim/scim.table.ts'
import type { CallCountTable, CallCountWriterTable } from '../statistics/call-count.table.ts'
import type { TeamspaceTable } from '../teamspaces/teamspace.table.ts'
import type { McpTokenTable } from '../tokens/mcp-token.table.ts'
import type { ServerToolTable } from '../tools/server-tool.table.ts'
import type { InstanceTable } from './instance.table.ts'

/** One member per table. Both engines: ids are UUID text, times integer milliseconds, booleans 0/1, JSON text. */
export interface Database {
  instance: InstanceTable
  teamspace: TeamspaceTable
  user: UserTable
  member: MemberTable
  identity: IdentityTable
  identity_source: IdentitySourceTable
  removed_identity: RemovedIdentityTable
  connection: ConnectionTable
  connection_audience: ConnectionAudienceTable
  connection_test: ConnectionTestTable
  mcp_token: McpTokenTable
  policy: PolicyTable
  audit: AuditTable
  audit_chain: AuditChainTable
  audit_unchained: AuditUnchainedTable
  signing_key: SigningKeyTable
  rate_limit: RateLimitTable
  server_tool: ServerToolTable
  scim_token: ScimTokenTable
  scim_user: ScimUserTable
  scim_group: ScimGroupTable
  scim_group_member: ScimGroupMemberTable
  call_count: CallCountTable
  call_count_writer: CallCountWriterTable
  console_account: ConsoleAccountTable
  console_session: ConsoleSessionTable
  console_link: ConsoleLinkTable
  group_sync: GroupSyncTable
  group_sync_run: GroupSyncRunTable
  group_sync_held: GroupSyncHeldTable
}
