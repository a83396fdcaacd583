import { sql } from 'kysely'
import type { Store } from '../store/store.ts'
import { inTime } from '../store/in-time.ts'
import type { Log } from '../telemetry/log.ts'

/** Something that has to have answered once before calls can be served. `ask` rejects with the reason why it did not. */
export interface FirstContact {
  readonly name: string
  ask(): Promise<void>
}

export interface ReadinessOptions {
  readonly store: Pick<Store, 'db'>
  /** Identity providers that the configuration names: those of teamspaces are their own affair. */
  readonly contacts: readonly FirstContact[]
  readonly log: Log
  readonly now?: () => number
  readonly retryMs?: number
}

export interface Readiness {
  /** Whether traffic may come: the database answers, and every first contact has been made. */
  isReady(): Promise<boolean>
  /** From now on it is not ready: whoever sends traffic is to send it elsewhere. */
  close(): void
}

/** A probe comes every few seconds from several sides; the database is asked once for all that come within this time. */
const ANSWER_KEPT_MS = 1_000

/**
 * Ready to serve (D-18). A provider that is down at start keeps us from being ready and is asked again and again; one that
 * goes down later does not: calls that need it are answered 503, all others are served.
 */
export function createReadiness(options: ReadinessOptions): Readiness {
  const { store, log, now = Date.now, retryMs = 5_000 } = options
  const missing = new Map(options.contacts.map((contact) => [contact, '']))
  const timers = new Set<NodeJS.Timeout>()
  let closed = false
  let asked: { readonly at: number; readonly answer: Promise<boolean> } | undefined

  const meet = async (contact: FirstContact): Promise<void> => {
    try {
      await contact.ask()
      missing.delete(contact)
      if (missing.size === 0) log('All identity providers of the configuration have answered')
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error)
      if (missing.get(contact) !== reason) log(`Not ready: ${contact.name}`, { error }) // once for each reason
      missing.set(contact, reason)
      if (closed) return
      const timer = setTimeout(() => {
        timers.delete(timer)
        void meet(contact)
      }, retryMs)
      timers.add(timer.unref())
    }
  }
  for (const contact of options.contacts) void meet(contact)

  const askDatabase = (): Promise<boolean> =>
    inTime(sql`select 1`.execute(store.db)).then(
      () => true,
      () => false,
    )

  return {
    async isReady() {
      if (closed || missing.size > 0) return false
      if (!asked || now() - asked.at >= ANSWER_KEPT_MS) asked = { at: now(), answer: askDatabase() }
      return asked.answer
    },
    close() {
      closed = true
      timers.forEach(clearTimeout)
    },
  }
}
