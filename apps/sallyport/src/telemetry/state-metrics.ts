import { readFileSync } from 'node:fs'
import type { Registry } from 'prom-client'
import { addSamples } from './metric-families.ts'
import type { Serving } from './serving.ts'

/** Whom a scrape asks how things stand. */
export interface StateSources {
  readonly audit: { readonly queued: number; readonly dropped: number }
  readonly isReady: () => Promise<boolean>
}

interface State {
  readonly servings: ReadonlySet<Serving>
  readonly sources: () => StateSources
}

interface Manifest {
  readonly version: string
}

/** How things stand: the audit trail, readiness, what is configured, what runs. */
export function addStateMetrics(registry: Registry, { servings, sources }: State): void {
  addSamples(
    registry,
    'counter',
    { name: 'sallyport_audit_dropped_total', help: 'Audit rows that were lost', labelNames: [] },
    () => [[{}, sources().audit.dropped]],
  )
  addSamples(
    registry,
    'gauge',
    { name: 'sallyport_audit_queued', help: 'Audit rows that wait to be written', labelNames: [] },
    () => [[{}, sources().audit.queued]],
  )
  addSamples(
    registry,
    'gauge',
    {
      name: 'sallyport_auth_mode',
      help: 'Always 1: how callers of a server prove themselves',
      labelNames: ['server', 'mode'],
    },
    () => modesOf([...servings].at(-1)),
  )
  addSamples(
    registry,
    'gauge',
    { name: 'sallyport_ready', help: 'Whether calls can be served: 1 or 0', labelNames: [] },
    async () => [[{}, (await sources().isReady()) ? 1 : 0]],
  )
  const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as Manifest
  addSamples(
    registry,
    'gauge',
    { name: 'sallyport_build_info', help: 'Always 1: what runs', labelNames: ['version', 'node'] },
    () => [[{ version, node: process.versions.node }, 1]],
  )
}

const modesOf = (serving: Serving | undefined) =>
  (serving?.servers ?? []).flatMap(({ name, modes }) =>
    modes.map((mode): [{ server: string; mode: string }, number] => [{ server: name, mode }, 1]),
  )
