import type { Change } from './change-feed.ts'

/** Beyond this many, a cache is better emptied than picked at. */
const MAX_CHANGES = 50
const EVERYTHING: Change = { kind: 'everything' }

/** The distinct changes of one transaction, bounded: an import of 50,000 members says `member` once. */
export class ChangeSet {
  readonly #changes = new Map<string, Change>()
  #everything = false

  add(change: Change): void {
    if (change.kind === 'everything') this.#everything = true
    else if (!this.#everything) this.#changes.set(`${change.kind} ${change.teamspaceId}`, change)
    if (this.#changes.size > MAX_CHANGES) this.#everything = true
  }

  toArray(): Change[] {
    return this.#everything ? [EVERYTHING] : [...this.#changes.values()]
  }
}
