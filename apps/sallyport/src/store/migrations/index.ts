import type { Migration } from 'kysely/migration'
import { first } from './0001-first.ts'
import { teamspaces } from './0002-teamspaces.ts'
import { mcpTokens } from './0003-mcp-tokens.ts'
import { signingKeys } from './0004-signing-keys.ts'
import { connectionKinds } from './0005-connection-kinds.ts'
import { removedIdentities } from './0006-removed-identities.ts'
import { policies } from './0007-policies.ts'
import { mcpTokenScopes } from './0008-mcp-token-scopes.ts'
import { auditChain } from './0009-audit-chain.ts'
import { serverTools } from './0010-server-tools.ts'
import { rateLimits } from './0011-rate-limits.ts'
import { scim } from './0012-scim.ts'
import { signIn } from './0013-sign-in.ts'
import { groupSync } from './0014-group-sync.ts'
import { statistics } from './0015-statistics.ts'
import { connectionTest } from './0016-connection-test.ts'
import { displayName } from './0017-display-name.ts'

/** Run in the order of their names. One that was released is never edited: write the next. */
export const migrations: Readonly<Record<string, Migration>> = {
  '0001-first': first,
  '0002-teamspaces': teamspaces,
  '0003-mcp-tokens': mcpTokens,
  '0004-signing-keys': signingKeys,
  '0005-connection-kinds': connectionKinds,
  '0006-removed-identities': removedIdentities,
  '0007-policies': policies,
  '0008-mcp-token-scopes': mcpTokenScopes,
  '0009-audit-chain': auditChain,
  '0010-server-tools': serverTools,
  '0011-rate-limits': rateLimits,
  '0012-scim': scim,
  '0013-sign-in': signIn,
  '0014-group-sync': groupSync,
  '0015-statistics': statistics,
  '0016-connection-test': connectionTest,
  '0017-display-name': displayName,
}
