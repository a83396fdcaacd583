import { collectDefaultMetrics, Registry } from 'prom-client'
import { addCallMetrics } from './call-metrics.ts'
import type { CacheUses } from './cache-uses.ts'
import { addDoorMetrics } from './door-metrics.ts'
import { DOORS, noRefusals } from './door-refusals.ts'
import type { Door, DoorRefusals } from './door-refusals.ts'
import { countOpenStreams, healthOf } from './server-health.ts'
import type { ServerHealth } from './server-health.ts'
import type { Serving } from './serving.ts'
import { addStateMetrics } from './state-metrics.ts'
import type { StateSources } from './state-metrics.ts'
import { ServerTally } from './server-tally.ts'

const CACHES = [
  'connections',
  'exchanged_tokens',
  'mcp_tokens',
  'members',
  'policies',
  'signed_identities',
  'teamspaces',
  'verified_tokens',
] as const

type CacheName = (typeof CACHES)[number]

/** Label of calls that reached no server of ours: unknown paths, foreign hosts. */
const NO_SERVER = 'none'

/** Counts that live as long as the process, and their page for Prometheus. */
export interface Metrics {
  readonly caches: Readonly<Record<CacheName, CacheUses>>
  readonly doors: Readonly<Record<Door, DoorRefusals>>
  /** Only names of the configuration come here: each stays a label for good. */
  tallyOf(server: string | undefined): ServerTally
  /** From now on this is the configuration in force. Answers what to call when its last call has ended. */
  serve(serving: Serving): () => void
  /** How a server is doing, seen from this process. */
  healthOf(server: string): ServerHealth
  /** Event streams that are open in this process, of one teamspace or of all. */
  openStreams(teamspaceId?: string): number
  /** In Prometheus' text format, version 0.0.4. */
  toText(sources: StateSources): Promise<string>
}

export const METRICS_CONTENT_TYPE: string = Registry.PROMETHEUS_CONTENT_TYPE

export function createMetrics(): Metrics {
  const tallies = new Map<string, ServerTally>()
  const servings = new Set<Serving>()
  const caches = Object.fromEntries(CACHES.map((name) => [name, { hits: 0, misses: 0 }])) as Metrics['caches']
  const doors = Object.fromEntries(DOORS.map((door) => [door, noRefusals()])) as Metrics['doors']
  let registry: Registry | undefined
  let sources: StateSources | undefined

  const tallyOf = (server = NO_SERVER): ServerTally => {
    let tally = tallies.get(server)
    if (!tally) tallies.set(server, (tally = new ServerTally()))
    return tally
  }

  /** Made for whoever scrapes first: watching the garbage collector and the event loop costs a little, too. */
  const open = (): Registry => {
    const opened = new Registry()
    addCallMetrics(opened, { tallies, servings, caches })
    addDoorMetrics(opened, doors)
    addStateMetrics(opened, { servings, sources: () => sources! })
    collectDefaultMetrics({ register: opened })
    return opened
  }

  return {
    caches,
    doors,
    tallyOf,
    serve(serving) {
      for (const { name } of serving.servers) tallyOf(name)
      servings.add(serving)
      return () => void servings.delete(serving)
    },
    healthOf: (server) => healthOf(server, tallyOf(server), servings),
    openStreams: (teamspaceId) => countOpenStreams(tallies.values(), teamspaceId),
    toText(given) {
      sources = given
      registry ??= open()
      return registry.metrics()
    },
  }
}
