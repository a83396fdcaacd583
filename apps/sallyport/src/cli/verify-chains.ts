import type { ChainsView } from '../admin/audit-routes.ts'
import type { ChainView } from '../audit/list-chains.ts'
import type { ChainPage, ChainPlace } from '../audit/verify-chain.ts'
import type { AdminClient } from './admin-client.ts'

/** A head that somebody noted: the slug or id of a chain, `-` for that of no teamspace, and its last row of then. */
export interface ExpectedHead extends ChainPlace {
  readonly chain: string
}

export interface VerifiedChain {
  readonly chain: string
  readonly teamspaceId: string
  readonly isWhole: boolean
  readonly rows: number
  readonly prunedTo: number
  /** Where it ends, and what to note for the next time. */
  readonly head: ChainPlace
  readonly problem?: string
  readonly notes: readonly string[]
}

interface Wanted {
  readonly teamspace: string | undefined
  readonly expect: readonly ExpectedHead[]
}

/** Walks all chains in pages, so that no question takes long, however long the trail is. */
export async function verifyChains(client: AdminClient, { teamspace, expect }: Wanted): Promise<VerifiedChain[]> {
  const verified: VerifiedChain[] = []
  for await (const view of chains(client, teamspace)) {
    const expected = expect.filter(({ chain }) => chain === nameOf(view) || chain === view.teamspaceId)
    verified.push(await verifyOne(client, view, expected))
  }
  const names = new Set(verified.flatMap(({ chain, teamspaceId }) => [chain, teamspaceId]))
  for (const { chain, seq, hash } of expect.filter((expected) => !names.has(expected.chain))) {
    const problem = `there is no such chain, but ${seq}:${hash} was expected`
    const head = { seq: 0, hash: '' }
    verified.push({ chain, teamspaceId: '', isWhole: false, rows: 0, prunedTo: 0, head, problem, notes: [] })
  }
  return verified
}

async function* chains(client: AdminClient, teamspace: string | undefined): AsyncGenerator<ChainView> {
  const only = teamspace === undefined ? {} : { teamspace }
  for (let after: string | undefined; ;) {
    const query = new URLSearchParams({ ...only, ...(after !== undefined && { after }) })
    const page = await client.send<ChainsView>('GET', `/audit/chains?${query}`)
    yield* page.chains
    if (page.next === undefined) return
    after = page.next
  }
}

const nameOf = ({ teamspace, teamspaceId }: ChainView): string => teamspace ?? (teamspaceId || '-')

const PAGE = 500

async function verifyOne(
  client: AdminClient,
  view: ChainView,
  expected: readonly ExpectedHead[],
): Promise<VerifiedChain> {
  const { teamspaceId } = view
  const open = expected.toSorted((one, other) => one.seq - other.seq)
  const notes: string[] = []
  let place: ChainPlace = { seq: 0, hash: '' }
  let rows = 0
  const result = (isWhole: boolean, prunedTo: number, problem?: string): VerifiedChain => {
    const found = { chain: nameOf(view), teamspaceId, isWhole, rows, prunedTo, head: place, notes }
    return { ...found, ...(problem !== undefined && { problem }) }
  }
  for (;;) {
    // A page ends at the row that is expected, so that its hash is seen.
    const limit = Math.min(PAGE, Math.max(1, (open[0]?.seq ?? Infinity) - place.seq))
    const query = new URLSearchParams({ teamspaceId, seq: `${place.seq}`, hash: place.hash, limit: `${limit}` })
    const page = await client.send<ChainPage>('GET', `/audit/verify?${query}`)
    place = page.place
    rows += page.checked
    for (; open[0] && open[0].seq <= place.seq; open.shift()) {
      const { seq, hash } = open[0]
      if (seq < place.seq && seq <= page.prunedTo) notes.push(`row ${seq}, which was expected, was pruned since`)
      else if (hash !== place.hash) return result(false, page.prunedTo, `row ${seq} is not the one that was expected`)
    }
    if (page.problem) return result(false, page.prunedTo, page.problem.says)
    if (page.isWhole) {
      const missing = open[0] && `it ends at row ${place.seq}, but row ${open[0].seq} was expected`
      return result(missing === undefined, page.prunedTo, missing)
    }
  }
}

export function sayVerified({ chain, isWhole, rows, prunedTo, head, problem, notes }: VerifiedChain): string[] {
  const pruned = prunedTo > 0 ? ` after ${prunedTo} that were pruned` : ''
  const verdict = isWhole ? 'whole' : 'BROKEN'
  const lines = [`${chain}\t${verdict}\t${rows} rows${pruned}\t${head.seq}:${head.hash}`]
  if (problem !== undefined) lines.push(`  ${problem}`)
  return [...lines, ...notes.map((note) => `  ${note}`)]
}
