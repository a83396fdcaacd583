import type { Tally } from '../statistics/minute-counts.ts'
import { sumTallies } from '../statistics/sum-tallies.ts'
import type { TeamspaceState } from './teamspace-state.ts'
import { rankOf, SEVERITIES, troublesOf } from './trouble.ts'
import type { Severity, Trouble } from './trouble.ts'

/** One teamspace among many. */
export interface TeamspaceHealth extends Readonly<Tally> {
  readonly slug: string
  readonly name: string
  readonly createdAt: number
  readonly members: number
  readonly connections: TeamspaceState['connections'][number]['kind'][]
  /** The worst first. */
  readonly troubles: readonly Trouble[]
}

export interface HealthSearch {
  /** A part of the name or slug, in whatever case. */
  readonly search?: string | undefined
  /** Only teamspaces with trouble. */
  readonly troubled: boolean
  readonly limit: number
}

export interface HealthPage {
  readonly teamspaces: readonly TeamspaceHealth[]
  /** Of the teamspaces that were looked for, how many there are altogether. */
  readonly found: number
  /** Of all teamspaces, by the worst of their troubles. */
  readonly counts: Readonly<Record<Severity | 'teamspaces', number>>
}

/** Where there is trouble stands on top, and among equals where most calls fail. */
export function toHealth(states: readonly TeamspaceState[], now: number): TeamspaceHealth[] {
  return states
    .map((state) => {
      const { slug, name, createdAt, members, connections, calls } = state
      const kinds = connections.map(({ kind }) => kind)
      const troubles = troublesOf(state, now)
      return { slug, name, createdAt, members, connections: kinds, ...sumTallies(calls), troubles }
    })
    .sort(byTrouble)
}

function byTrouble(a: TeamspaceHealth, b: TeamspaceHealth): number {
  return (
    worstOf(a) - worstOf(b) ||
    b.troubles.length - a.troubles.length ||
    b.faults - a.faults ||
    b.denied - a.denied ||
    b.calls - a.calls ||
    (a.slug < b.slug ? -1 : 1)
  )
}

const worstOf = ({ troubles: [worst] }: TeamspaceHealth): number => (worst ? rankOf(worst) : SEVERITIES.length)

export function findHealth(
  all: readonly TeamspaceHealth[],
  { search = '', troubled, limit }: HealthSearch,
): HealthPage {
  const part = search.toLowerCase()
  const found = all.filter(
    ({ slug, name, troubles }) =>
      (slug.includes(part) || name.toLowerCase().includes(part)) && (!troubled || troubles.length > 0),
  )
  const counts = { teamspaces: all.length, broken: 0, warning: 0, note: 0 }
  for (const { troubles } of all) if (troubles[0]) counts[troubles[0].severity]++
  return { teamspaces: found.slice(0, limit), found: found.length, counts }
}
