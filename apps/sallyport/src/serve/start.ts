import { randomBytes } from 'node:crypto'
import type { RequestListener } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { adoptRows } from '../audit/adopt-rows.ts'
import { modesOf } from '../config/auth-mode.ts'
import { linkAddress, makeFirstLink } from '../console-sign-in/console-link.ts'
import type { Config } from '../config/config.ts'
import { removeInstanceFile, writeInstanceFile } from '../store/instance-file.ts'
import { openStore } from '../store/store.ts'
import type { Store } from '../store/store.ts'
import type { Log } from '../telemetry/log.ts'
import { compose } from './compose.ts'
import type { Composition } from './compose.ts'
import { fixedSettings } from './fixed-settings.ts'
import { hostOf, listen } from './listener.ts'
import type { Listener } from './listener.ts'
import { createSharedParts } from './shared-parts.ts'
import { checkBeforeStart } from './start-checks.ts'

export interface StartOptions {
  readonly log: Log
  readonly fetch?: typeof fetch
  /** Milliseconds since the epoch. */
  readonly now?: () => number
}

export interface Sallyport {
  readonly adminUrl: string
  readonly operatorToken: string
  readonly store: Store
  /** Opens the console to its first operator, once; undefined when there is one, or no console. */
  readonly bootstrapLink: string | undefined
  /**
   * Takes another configuration, at once and whole: calls under way end with the one they came in with, but event streams that it refuses are cut. What only a start
   * can change keeps its value; its names are answered.
   */
  reload(config: Config): Promise<readonly string[]>
  /** Resolves when every call that has ended is in the audit trail. */
  flushAudit(): Promise<void>
  /** Says that it is not ready any more, lets calls end (`shutdown`), and writes what is still in memory. */
  close(): Promise<void>
}

/** Opens the database and both listeners. Rejects, with everything closed again, when any of them cannot be had. */
export async function startSallyport(config: Config, options: StartOptions): Promise<Sallyport> {
  const { log, fetch: fetcher = fetch, now = Date.now } = options
  const store = await openStore({ url: config.database, sealingKey: config.sealingKey, log }).catch(sayDatabase)
  await adoptRows(store, { now, log })
    .then(() => checkBeforeStart({ config, store, log, now }))
    .catch(async (error: unknown) => {
      await store.close()
      throw error
    })
  const operatorToken = config.operatorToken ?? randomBytes(32).toString('base64url')
  const shared = createSharedParts(config, { store, operatorToken, log, fetch: fetcher, now })
  const { audit, pruning, statistics, streams, tokenUses, tools, readiness } = shared
  const adminUrl = `http://${hostOf(config.listen.admin)}:${config.listen.admin.port}`
  const opened: Listener[] = []
  const retiring = new Set<Composition>()
  let current: Composition | undefined
  let bootstrapLink: string | undefined
  let { shutdown } = config

  const close = async () => {
    readiness.close()
    await sleep(shutdown.announceSeconds * 1000)
    await closeAll()
  }
  const closeAll = async () => {
    await Promise.all(opened.map((listener) => listener.close(shutdown.callSeconds * 1000)))
    streams.close()
    await Promise.all([...retiring, ...(current ? [current] : [])].map((composition) => composition.cut()))
    await tokenUses.close()
    await pruning.close()
    await tools.close()
    await statistics.close()
    await audit.close()
    if (store.engine === 'sqlite') await removeInstanceFile(databaseFileOf(config)).catch(() => undefined)
    await store.close()
  }

  const reload = async (next: Config): Promise<readonly string[]> => {
    const { kept, config: taken } = fixedSettings(config, next)
    await checkBeforeStart({ config: taken, store, log, now })
    const before = current!
    current = compose(taken, shared)
    shutdown = taken.shutdown
    retiring.add(before)
    logModes(taken, log)
    void before.retire().finally(() => retiring.delete(before))
    return kept
  }

  try {
    current = compose(config, shared)
    // Asked for each request: a reload puts another composition in its place.
    opened.push(await listen((...request) => current!.adminListener(...request), config.listen.admin))
    const serve: RequestListener = (...request) => current!.publicListener(...request)
    opened.push(await listen(serve, config.listen.public, { hasEndlessGets: true }))
    if (store.engine === 'sqlite' && config.database !== 'sqlite::memory:') {
      await writeInstanceFile(databaseFileOf(config), { pid: process.pid, adminUrl, operatorToken })
    }
    // Only now: a start that fails leaves the link of the one that runs.
    bootstrapLink = await makeBootstrapLink(config, store, now)
  } catch (error) {
    readiness.close()
    await closeAll() // nobody has been sent here yet
    throw error
  }
  logModes(config, log)
  return { adminUrl, operatorToken, store, bootstrapLink, reload, flushAudit: () => audit.flush(), close }
}

/** Operators that the configuration names need none. */
async function makeBootstrapLink({ console }: Config, store: Store, now: () => number): Promise<string | undefined> {
  if (console.url === undefined || console.operators.length > 0) return undefined
  const secret = await makeFirstLink(store, { now })
  return secret === undefined ? undefined : linkAddress(console.url, secret)
}

/** Errors with a code are the system's or the engine's, which do not say what they are about. */
function sayDatabase(error: Error): never {
  if (!('code' in error)) throw error
  throw new Error(`The database (DATABASE_URL) cannot be opened: ${error.message}`, { cause: error })
}

/** Told here and in the admin API only: /healthz, which all can ask, says nothing of it (S3-53). */
function logModes({ servers }: Config, log: Log): void {
  const modes = servers.map(({ name, auth, outbound }) => ({ name, auth: modesOf(auth), outbound: outbound.kind }))
  log('Serving', { servers: modes })
}

const databaseFileOf = (config: Config) => config.database.slice('sqlite:'.length)
