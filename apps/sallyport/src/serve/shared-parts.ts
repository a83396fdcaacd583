import type { Tracer } from '@opentelemetry/api'
import { createAuditQueue } from '../audit/audit-queue.ts'
import type { AuditQueue } from '../audit/audit-queue.ts'
import { startPruning } from '../audit/start-pruning.ts'
import type { Config } from '../config/config.ts'
import { createPasswords } from '../console-sign-in/passwords.ts'
import type { Passwords } from '../console-sign-in/passwords.ts'
import { createConnectionLookup } from '../connections/connection-lookup.ts'
import type { ConnectionLookup } from '../connections/connection-lookup.ts'
import { createIssuerFetch } from '../connections/issuer-fetch.ts'
import { createSigningKeys } from '../exchange/signing-keys.ts'
import type { SigningKeys } from '../exchange/signing-keys.ts'
import { createOpenStreams } from '../gate/streams/open-streams.ts'
import type { OpenStreams } from '../gate/streams/open-streams.ts'
import { createCutRecorder } from '../gate/streams/record-cut.ts'
import { createOpenCalls } from '../limits/open-calls.ts'
import type { OpenCalls } from '../limits/open-calls.ts'
import { createRateCounters } from '../limits/rate-counters.ts'
import type { RateCounters } from '../limits/rate-counters.ts'
import { createMemberLookup } from '../members/member-lookup.ts'
import type { MemberLookup } from '../members/member-lookup.ts'
import { createPolicyLookup } from '../policies/policy-lookup.ts'
import type { PolicyLookup } from '../policies/policy-lookup.ts'
import { createCallStatistics } from '../statistics/call-statistics.ts'
import type { CallStatistics } from '../statistics/call-statistics.ts'
import type { Store } from '../store/store.ts'
import { createTeamspaceLookup } from '../teamspaces/teamspace-lookup.ts'
import type { TeamspaceLookup } from '../teamspaces/teamspace-lookup.ts'
import type { Log } from '../telemetry/log.ts'
import { createMetrics } from '../telemetry/metrics.ts'
import type { Metrics } from '../telemetry/metrics.ts'
import { registeredTracer } from '../telemetry/tracer.ts'
import { createMcpTokenLookup } from '../tokens/mcp-token-lookup.ts'
import type { McpTokenLookup } from '../tokens/mcp-token-lookup.ts'
import { createToolCatalogue } from '../tools/tool-catalogue.ts'
import type { ToolCatalogue } from '../tools/tool-catalogue.ts'
import { createTokenUseQueue } from '../tokens/token-use-queue.ts'
import type { TokenUseQueue } from '../tokens/token-use-queue.ts'
import { writeTokenUses } from '../tokens/write-token-uses.ts'
import { kubernetesContacts } from './declared-kubernetes.ts'
import { createReadiness } from './readiness.ts'
import type { Readiness } from './readiness.ts'

/** What lives as long as the process, whatever configuration is in force. */
export interface SharedParts {
  readonly store: Store
  readonly teamspaces: TeamspaceLookup
  readonly connections: ConnectionLookup
  readonly members: MemberLookup
  readonly mcpTokens: McpTokenLookup
  readonly policies: PolicyLookup
  readonly tokenUses: TokenUseQueue
  readonly signingKeys: SigningKeys
  readonly tools: ToolCatalogue
  readonly audit: AuditQueue
  /** Removes old rows of the audit trail. */
  readonly pruning: { close(): Promise<void> }
  readonly readiness: Readiness
  readonly metrics: Metrics
  readonly statistics: CallStatistics
  readonly tracer: Tracer | undefined
  readonly operatorToken: string
  readonly rateCounters: RateCounters
  readonly openCalls: OpenCalls
  readonly streams: OpenStreams
  readonly passwords: Passwords
  /** Bytes of bodies that are arriving. */
  readonly held: { bytes: number }
  readonly log: Log
  readonly fetch: typeof fetch
  /** Milliseconds since the epoch. */
  readonly now: () => number
}

type Given = Pick<SharedParts, 'store' | 'operatorToken' | 'log' | 'fetch' | 'now'>

export function createSharedParts(config: Config, given: Given): SharedParts {
  const { store, log, fetch, now } = given
  const metrics = createMetrics()
  const { caches } = metrics
  const contacts = kubernetesContacts(config, { fetch, issuerFetch: createIssuerFetch(config), now })
  const audit = createAuditQueue({ store, log })
  const onCut = createCutRecorder({ audit, metrics, log, now })
  return {
    ...given,
    teamspaces: createTeamspaceLookup(store, now, caches.teamspaces),
    connections: createConnectionLookup(store, now, caches.connections),
    members: createMemberLookup(store, now, caches.members),
    mcpTokens: createMcpTokenLookup(store, now, caches.mcp_tokens),
    policies: createPolicyLookup(store, now, caches.policies),
    tokenUses: createTokenUseQueue({ write: (uses) => writeTokenUses(store, uses), now, log }),
    signingKeys: createSigningKeys({ store, now, log }),
    tools: createToolCatalogue({ store, now, log }),
    audit,
    pruning: startPruning(store, { retentionDays: config.audit.retentionDays, now, log }),
    readiness: createReadiness({ store, contacts, log, now }),
    rateCounters: createRateCounters({ store, now, log }),
    openCalls: createOpenCalls(),
    streams: createOpenStreams({ changes: store.changes, onCut, now }),
    passwords: createPasswords(),
    held: { bytes: 0 },
    metrics,
    statistics: createCallStatistics({ store, now, log }),
    tracer: registeredTracer(),
  }
}
