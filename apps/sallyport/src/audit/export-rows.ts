import type { Store } from '../store/store.ts'
import { toEntry } from './audit-row.ts'
import { toCef } from './cef.ts'
import { escapeUnseen } from './escape-unseen.ts'
import { listChains } from './list-chains.ts'

export const EXPORT_FORMATS = ['jsonl', 'cef'] as const

export interface ExportOptions {
  readonly format: (typeof EXPORT_FORMATS)[number]
  /** Only this chain; all when absent. */
  readonly teamspaceId?: string | undefined
  /** From this time on, in milliseconds. */
  readonly since?: number | undefined
  /** Up to, and without, this time. */
  readonly until?: number | undefined
}

/** Numbers looked at by one query: on SQLite calls wait for it. */
const WINDOW = 500
const CHAINS = 100

/** The audit trail as lines, chain by chain and in order. A few hundred rows are in memory at any time. */
export async function* exportRows(store: Store, options: ExportOptions): AsyncGenerator<string> {
  if (options.teamspaceId !== undefined) return yield* exportChain(store, options.teamspaceId, options)
  for (let after: string | undefined; ;) {
    const page = await listChains(store, { after, limit: CHAINS })
    for (const { teamspaceId } of page) yield* exportChain(store, teamspaceId, options)
    if (page.length < CHAINS) return
    after = page.at(-1)!.teamspaceId
  }
}

async function* exportChain({ db }: Store, teamspaceId: string, options: ExportOptions): AsyncGenerator<string> {
  const { since, until, format } = options
  const chain = db.selectFrom('audit').where('teamspace_id', '=', teamspaceId)
  const { first, last } = await chain
    .select((row) => [row.fn.min<number | null>('seq').as('first'), row.fn.max<number | null>('seq').as('last')])
    .executeTakeFirstOrThrow()
  if (first === null || last === null) return
  // What is written from here on belongs to the next export: calls that keep coming must not keep this one going.
  for (let from = first; from <= last; from += WINDOW) {
    let query = chain
      .selectAll()
      .where('seq', '>=', from)
      .where('seq', '<', from + WINDOW)
      .where('seq', '<=', last)
    if (since !== undefined) query = query.where('at', '>=', since)
    if (until !== undefined) query = query.where('at', '<', until)
    const lines = (await query.orderBy('seq').execute()).map((row) => {
      const entry = { seq: row.seq, ...toEntry(row), hash: row.hash }
      return format === 'cef' ? toCef(entry) : escapeUnseen(JSON.stringify(entry))
    })
    if (lines.length > 0) yield `${lines.join('\n')}\n`
  }
}
