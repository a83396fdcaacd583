import { inTime } from '../store/in-time.ts'
import type { Log } from '../store/engine.ts'
import type { Store } from '../store/store.ts'
import { whenReady } from '../store/when-ready.ts'
import type { Awaitable } from '../store/when-ready.ts'
import { signingKeyRepository } from './signing-key-repository.ts'
import { IDENTITY_KEYS } from './key-kind.ts'
import type { EcJwk, KeyKind, PublicJwk } from './key-kind.ts'
import { openSigningKey, toSigningKeyRow } from './signing-key.ts'
import type { SigningKey } from './signing-key.ts'
import type { SigningKeyRow } from './signing-key.table.ts'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS

/** A key set that was fetched before knows nothing of a new key: many verifiers keep theirs for a day. */
export const PUBLISHED_AHEAD_MS = 2 * DAY_MS
/** Each key signs for 90 days. */
export const REPLACED_AFTER_MS = 90 * DAY_MS - PUBLISHED_AHEAD_MS
/** Beyond its last signature, which is valid for some minutes at most. */
export const PUBLISHED_AFTER_MS = HOUR_MS
/** How long a replica may not know of the key that another has made: far below `PUBLISHED_AHEAD_MS`. */
const HELD_MS = 10 * 60_000
const RETRY_MS = 10_000

export interface SigningKeys<Jwk extends PublicJwk = EcJwk> {
  /** The key to sign with now. At once, but for a look at the database every few minutes. */
  current(): Awaitable<SigningKey<Jwk>>
  /** Every key that a signature may be verified with now, or soon. */
  published(): Awaitable<readonly Jwk[]>
}

export interface SigningKeysOptions {
  readonly store: Pick<Store, 'db' | 'sealer' | 'transaction'>
  /** Milliseconds since the epoch. */
  readonly now: () => number
  readonly log: Log
}

/** The installation's keys, the same on every replica: made at first use and replaced by age (B-33, B-38). */
export const createSigningKeys = (options: SigningKeysOptions): SigningKeys => createKeysOf(IDENTITY_KEYS, options)

/** The same for another purpose. */
export function createKeysOf<Jwk extends PublicJwk>(
  kind: KeyKind<Jwk>,
  { store, now, log }: SigningKeysOptions,
): SigningKeys<Jwk> {
  let held: readonly SigningKey<Jwk>[] = []
  let heldUntil = -Infinity
  let flight: Promise<readonly SigningKey<Jwk>[]> | undefined

  const hold = (keys: readonly SigningKey<Jwk>[], forMs: number) => {
    held = keys
    heldUntil = now() + forMs
    return keys
  }

  const load = () =>
    inTime(loadLive(kind, { store, now: now(), log })).then(
      (keys) => hold(keys, HELD_MS),
      (error: unknown) => {
        if (held.length === 0) throw error
        log('The signing keys could not be read; those in hand are used.', { error: String(error) })
        return hold(held, RETRY_MS)
      },
    )

  function keys(): Awaitable<readonly SigningKey<Jwk>[]> {
    const left = heldUntil - now()
    if (left > 0 && left <= HELD_MS) return held // more is left only when the clock was set back
    return (flight ??= load().finally(() => (flight = undefined)))
  }

  const currentOf = (live: readonly SigningKey<Jwk>[]) =>
    live.findLast(({ createdAt }) => createdAt + PUBLISHED_AHEAD_MS <= now()) ?? live[0]!
  const publicOf = (live: readonly SigningKey<Jwk>[]) => live.map(({ publicJwk }) => publicJwk)

  return {
    current: () => whenReady(keys(), currentOf),
    published: () => whenReady(keys(), publicOf),
  }
}

interface Loading {
  readonly store: SigningKeysOptions['store']
  readonly now: number
  readonly log: Log
}

/** Never empty: a first key is made, and one that gets old is given its successor. */
async function loadLive<Jwk extends PublicJwk>(
  kind: KeyKind<Jwk>,
  loading: Loading,
): Promise<readonly SigningKey<Jwk>[]> {
  const { store, now } = loading
  const repository = signingKeyRepository(store.db, kind.purpose)
  const rows = await repository.listLive(now)
  const newest = rows.at(-1)
  const isDue = newest === undefined || newest.created_at + REPLACED_AFTER_MS <= now
  if (isDue) await makeSuccessor(kind, newest, loading)
  const live = isDue ? await repository.listLive(now) : rows
  return live.map((row) => openSigningKey(row, store.sealer, kind))
}

async function makeSuccessor(
  kind: KeyKind,
  newest: SigningKeyRow | undefined,
  { store: { sealer, transaction }, now, log }: Loading,
): Promise<void> {
  const generation = (newest?.generation ?? 0) + 1
  const row = toSigningKeyRow(kind, await kind.generate(), { generation, createdAt: now, sealer })
  const isOurs = await transaction(async ({ db }) => {
    const repository = signingKeyRepository(db, kind.purpose)
    if (!(await repository.insert(row))) return false // another replica's: it waited for that one to commit
    await repository.retireBefore(row.generation, now + PUBLISHED_AHEAD_MS + PUBLISHED_AFTER_MS)
    await repository.deleteRetired(now)
    return true
  })
  if (isOurs) log('A signing key was made.', { kid: row.kid, purpose: kind.purpose })
}
